# What a failed upgrade has made is deleted again.
do install REL CHART --create-namespace
do upgrade REL CHART --set broken=wait,extra={one,two} --wait --timeout 3s --cleanup-on-fail
see
do upgrade REL CHART --set broken=apply,extra={three} --cleanup-on-fail
see
do rollback REL 1 --cleanup-on-fail
see
do uninstall REL
see
