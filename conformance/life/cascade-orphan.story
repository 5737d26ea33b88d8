# What depends on a deleted object stays.
also replicasets
do install REL CHART --create-namespace --wait
new uninstall REL --cascade orphan
kubectl get replicasets --output=name --selector=app=rel --output=custom-columns=OWNERS:.metadata.ownerReferences
see
