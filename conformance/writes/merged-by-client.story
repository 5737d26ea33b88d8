# The same where the client merges, as Helm 3 does, and the way from there to the server.
do install REL CHART --create-namespace --set extra={one,two} --server-side=false
do upgrade REL CHART --set replicas=2,extra={two,three}
do upgrade REL CHART --set replicas=2,extra={two,three}
do upgrade REL CHART --set broken=apply,extra={left} --cleanup-on-fail
kubectl patch configmap REL --type=merge --patch '{"data":{"by-hand":"yes"}}'
do upgrade REL CHART --set data.kept=null,data.more=1
do upgrade REL CHART --force-replace --set env.MODE=wild
do rollback REL 1
do upgrade REL CHART --server-side=true
do upgrade REL CHART --set replicas=1
do rollback REL 2
do uninstall REL --cascade foreground
