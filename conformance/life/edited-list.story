# Containers, variables and ports that somebody adds.
do install REL CHART --create-namespace
kubectl set env deployment/REL EXTRA=1
kubectl patch service REL -p {"spec":{"ports":[{"name":"more","port":9090}]}}
do upgrade REL CHART --set env.MODE=lively
see
do upgrade REL CHART --set sidecars={helper,second}
see
do rollback REL 1
see
do uninstall REL
