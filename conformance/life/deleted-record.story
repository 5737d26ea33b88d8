# The newest record is deleted, as people do who are stuck.
do install REL CHART --create-namespace
do upgrade REL CHART --set replicas=2
do upgrade REL CHART --set replicas=3
kubectl delete secret sh.helm.release.v1.REL.v3
look list
look status REL
do upgrade REL CHART --set replicas=2,extra={one}
kubectl delete secret sh.helm.release.v1.REL.v1
look history REL
do rollback REL 1
do rollback REL 2
see
do uninstall REL
