# An object that does not go in time.
do install REL CHARTS/raw --create-namespace -f held.yaml
new uninstall REL --wait --timeout 2s
look list --uninstalling
kubectl patch configmap held --type=merge -p {"metadata":{"finalizers":null}}
new uninstall REL --wait
see
-- held.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: held, finalizers: [example.com/held]}}
