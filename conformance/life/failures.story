# What goes wrong, where, and what is left of it.
do upgrade REL CHART
do install REL CHART --create-namespace
do upgrade REL CHART --set broken=apply,extra={left}
look status REL
see
do upgrade REL CHART --set extra={left}
do upgrade REL CHART --set broken=apply,extra={cleaned} --cleanup-on-fail
see
do upgrade REL CHART --set broken=wait --wait --timeout 5s
do upgrade REL CHART --set broken=hook
do upgrade REL CHART --set broken=hook --no-hooks
do upgrade REL CHART --set broken=apply,extra={undone} UNDO
see
look history REL
do rollback REL 1 --wait --timeout 20s
do upgrade REL CHART --set replicas=abc
do upgrade REL ./nowhere
do upgrade REL CHART --set replicas=2
look history REL --output json
see
do uninstall REL
