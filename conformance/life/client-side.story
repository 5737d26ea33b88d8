# A release that is merged at the client's side, and then no more.
only ABC
new install REL CHART --create-namespace --server-side=false
see
do upgrade REL CHART --set env.MODE=lively
kubectl scale deployment REL --replicas=3
do upgrade REL CHART --set sidecars={}
see
do upgrade REL CHART --set replicas=2 --server-side=true
see
do rollback REL 1
do rollback REL 1 --server-side=auto
look get metadata REL
see
do uninstall REL
