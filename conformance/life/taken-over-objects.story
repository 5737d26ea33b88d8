# Objects of others are taken, with and without their fields.
kubectl create namespace NAMESPACE
kubectl create configmap one --from-literal=round=zero
kubectl create configmap two --from-literal=other=kept
new install REL CHARTS/raw -f objects.yaml
new install REL CHARTS/raw -f objects.yaml --take-ownership
look status REL
see
new uninstall REL
see
new install REL CHARTS/raw -f objects.yaml --take-ownership --force-conflicts
see
kubectl create configmap three --from-literal=round=zero
do upgrade REL CHARTS/raw -f objects.yaml -f three.yaml
new upgrade REL CHARTS/raw -f three.yaml --take-ownership
new upgrade REL CHARTS/raw -f three.yaml --take-ownership --force-conflicts
see
do rollback REL 1
see
do uninstall REL
see
-- objects.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: one}, data: {round: one}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: two}, data: {round: one}}
-- three.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: three}, data: {round: three}}
