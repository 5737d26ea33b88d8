# A record that cannot be read.
do install REL CHART --create-namespace
do upgrade REL CHART --set replicas=2
kubectl patch secret sh.helm.release.v1.REL.v2 -p {"data":{"release":"bm90aGluZw=="}}
look list
look history REL
do upgrade REL CHART --set replicas=3
kubectl delete secret sh.helm.release.v1.REL.v2
do upgrade REL CHART --set replicas=3
look list
see
do uninstall REL
