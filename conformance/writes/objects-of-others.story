# Objects that are there already, that go meanwhile, or that are to stay.
kubectl create namespace NAMESPACE
kubectl create configmap one --from-literal=round=zero
do install REL CHARTS/raw -f objects.yaml
do install REL CHARTS/raw -f objects.yaml --take-ownership --force-conflicts
kubectl delete configmap two
do upgrade REL CHARTS/raw -f objects.yaml --set objects[0].data.round=two
kubectl delete configmap two
do upgrade REL CHARTS/raw -f objects.yaml --set objects[0].data.round=three --server-side=false
do upgrade REL CHARTS/raw
do rollback REL 2
do uninstall REL
-- objects.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: one}, data: {round: one}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: two}, data: {round: one}}
  - {apiVersion: v1, kind: Secret, metadata: {name: kept, annotations: {helm.sh/resource-policy: keep}}, stringData: {a: b}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {generateName: made-}}
