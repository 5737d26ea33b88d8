# Objects that ask to be kept are kept, and found again.
do install REL CHARTS/raw --create-namespace -f kept.yaml
do upgrade REL CHARTS/raw
see
do upgrade REL CHARTS/raw -f kept.yaml --set objects[0].data.round=two
do uninstall REL
see
do install REL CHARTS/raw -f kept.yaml
do upgrade REL CHARTS/raw -f kept.yaml --set objects[0].metadata.annotations.helm\.sh/resource-policy=
do uninstall REL
see
-- kept.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: kept, annotations: {helm.sh/resource-policy: keep}}, data: {round: one}}
  - {apiVersion: v1, kind: Secret, metadata: {name: kept, annotations: {helm.sh/resource-policy: keep}}, stringData: {a: b}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: gone}}
