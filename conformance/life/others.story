# Others scale, change and delete objects.
do install REL CHART --create-namespace --set extra={one}
kubectl scale deployment REL --replicas=4
do upgrade REL CHART --set extra={one},env.MODE=lively
kubectl label configmap REL-one theirs=yes
do upgrade REL CHART --set extra={one},replicas=4
kubectl delete configmap REL-one
do upgrade REL CHART --set extra={one},replicas=4,env.MODE=again
see
kubectl set image deployment/REL web=registry.example/theirs:1
new upgrade REL CHART --set replicas=4 --force-conflicts --server-side=true
new upgrade REL CHART --server-side=false --set env.MODE=late
see
new upgrade REL CHART --server-side=false --force-replace --set image=registry.example/change:9
new upgrade REL CHART --set image=registry.example/change:10
new upgrade REL CHART --server-side=true --force-replace
new upgrade REL CHART --server-side=sometimes
kubectl annotate serviceaccount REL helm.sh/resource-policy=keep
new rollback REL 1 --force-conflicts --server-side=true
look history REL
see
new uninstall REL
see
