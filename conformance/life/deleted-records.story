# All records are deleted, and the objects are still there.
do install REL CHART --create-namespace
kubectl delete secret sh.helm.release.v1.REL.v1
do upgrade REL CHART
do uninstall REL
do install REL CHART --set replicas=2
see
do uninstall REL
see
