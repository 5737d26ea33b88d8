# The older way to wait.
only ABC
new install REL CHART --create-namespace --wait=legacy
new upgrade REL CHART --set broken=wait --wait=legacy --timeout 5s
new upgrade REL CHART --set replicas=2 --wait=legacy
new rollback REL 1 --wait=legacy
look history REL
see
new uninstall REL --wait=legacy
see
