# What depends on a deleted object goes first.
also replicasets
do install REL CHART --create-namespace --wait
new uninstall REL --cascade foreground --wait
kubectl get replicasets,pods
new uninstall REL --cascade sideways
see
