# Objects that were given their marks by hand are adopted.
kubectl create namespace NAMESPACE
kubectl apply -f theirs.yaml
do install REL CHARTS/raw -f one.yaml
do upgrade REL CHARTS/raw -f one.yaml --set objects[0].data.round=later
see
do uninstall REL
see
-- one.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: found}, data: {round: ours}}
-- theirs.yaml --
apiVersion: v1
kind: ConfigMap
metadata:
  name: found
  labels: {app.kubernetes.io/managed-by: Helm}
  annotations: {meta.helm.sh/release-name: rel, meta.helm.sh/release-namespace: NAMESPACE}
data: {theirs: "yes"}
