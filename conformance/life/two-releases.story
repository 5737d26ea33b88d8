# Two releases want the same object.
do install one CHARTS/raw --create-namespace -f one.yaml
do install two CHARTS/raw -f one.yaml
do install two CHARTS/raw
do upgrade two CHARTS/raw -f one.yaml
new upgrade two CHARTS/raw -f one.yaml --take-ownership
see
do upgrade one CHARTS/raw -f one.yaml --set objects[0].data.round=later
do uninstall one
see
do uninstall two
see
-- one.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: shared}, data: {round: first}}
