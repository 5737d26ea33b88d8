# Objects that do not go, and ones that go by themselves.
do install REL CHARTS/raw --create-namespace -f objects.yaml
kubectl delete configmap early
do uninstall REL --wait --timeout 3s
look status REL
look list --all
kubectl patch configmap stuck --type=json --patch '[{"op":"remove","path":"/metadata/finalizers"}]'
do uninstall REL
do uninstall REL --ignore-not-found
do uninstall REL
see
-- objects.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: stuck, finalizers: [example.com/stuck]}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: early}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: late}}
