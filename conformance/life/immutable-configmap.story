# A ConfigMap and a Secret that say that they never change.
do install REL CHARTS/raw --create-namespace -f one.yaml
do upgrade REL CHARTS/raw -f one.yaml --set objects[0].data.key=other
do upgrade REL CHARTS/raw -f one.yaml --set objects[1].stringData.key=other
see
do rollback REL 1
look history REL
do uninstall REL
-- one.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, immutable: true, metadata: {name: fixed}, data: {key: value}}
  - {apiVersion: v1, kind: Secret, immutable: true, metadata: {name: fixed}, stringData: {key: value}}
