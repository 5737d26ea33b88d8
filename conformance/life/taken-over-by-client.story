# The same where the client merges.
kubectl create namespace NAMESPACE
kubectl create configmap one --from-literal=round=zero --from-literal=other=kept
new install REL CHARTS/raw -f objects.yaml --take-ownership --server-side=false
see
kubectl create configmap two --from-literal=round=zero --from-literal=other=kept
new upgrade REL CHARTS/raw -f objects.yaml -f two.yaml --take-ownership
see
new upgrade REL CHARTS/raw -f objects.yaml --take-ownership --server-side=true
see
do uninstall REL
see
-- objects.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: one}, data: {round: one}}
-- two.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: one}, data: {round: two}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: two}, data: {round: one}}
