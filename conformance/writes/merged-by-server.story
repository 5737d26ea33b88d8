# The life of a release whose objects the server merges.
do install REL CHART --create-namespace --set extra={one,two}
do upgrade REL CHART --set replicas=2,extra={two,three}
do upgrade REL CHART --set replicas=2,extra={two,three}
do upgrade REL CHART --set broken=apply,extra={left} --cleanup-on-fail
do upgrade REL CHART --set broken=hook
do upgrade REL CHART --set extra={undone},broken=apply UNDO
do upgrade REL CHART --history-max 3 --description words --labels a=b
do rollback REL 7 --wait --timeout 30s
do test REL
do upgrade REL CHART --wait --timeout 30s --force-conflicts
do uninstall REL --keep-history
do install REL CHART --replace
do uninstall REL --wait --timeout 30s
