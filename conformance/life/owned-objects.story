# Who owns an object is changed by hand.
do install REL CHARTS/raw --create-namespace -f objects.yaml
kubectl label configmap one app.kubernetes.io/managed-by-
do upgrade REL CHARTS/raw -f objects.yaml --set objects[0].data.round=two
see
kubectl annotate configmap two meta.helm.sh/release-name=other --overwrite
do upgrade REL CHARTS/raw -f objects.yaml --set objects[1].data.round=two
do upgrade REL CHARTS/raw -f objects.yaml --set objects[1].data.round=two --force-conflicts
see
kubectl annotate configmap two meta.helm.sh/release-name=other --overwrite
kubectl annotate configmap one meta.helm.sh/release-namespace-
do uninstall REL
see
-- objects.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: one}, data: {round: one}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: two}, data: {round: one}}
