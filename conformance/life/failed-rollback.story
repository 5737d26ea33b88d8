# Rollbacks that fail, and what is left of them.
do install REL CHARTS/raw --create-namespace -f objects.yaml
do upgrade REL CHARTS/raw -f objects.yaml --set objects[0].data.round=two
kubectl delete configmap one
kubectl create configmap one --from-literal=round=foreign
do rollback REL 1
look history REL
see
do rollback REL 1 --force-conflicts
look history REL
see
do rollback REL 1 --wait --timeout 1s --no-hooks --cleanup-on-fail --description again
do rollback missing
do rollback
do rollback REL 1 --description 'too long xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'
look history REL
do uninstall REL
see
-- objects.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: one}, data: {round: one}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: two}, data: {round: one}}
