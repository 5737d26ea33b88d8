# What Helm 3 wrote, what somebody changed, and what comes next.
do install REL CHART --create-namespace
kubectl patch deployment REL -p {"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"THEIRS","value":"1"}]}]}}}}
new upgrade REL CHART --server-side=false --set env.MODE=lively
see
new upgrade REL CHART --server-side=true --set env.MODE=late --force-conflicts
see
do rollback REL 1
see
do uninstall REL
