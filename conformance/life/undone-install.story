# An installation that fails is undone.
do install REL CHART --create-namespace --set broken=apply UNDO
look list --failed
see
do install REL CHART --set broken=wait --timeout 3s UNDO
see
do install REL CHART UNDO --timeout 1m
see
do uninstall REL
see
