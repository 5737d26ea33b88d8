# Records in ConfigMaps.
env HELM_DRIVER=configmap
do install REL CHARTS/raw --create-namespace -f one.yaml
do upgrade REL CHARTS/raw -f one.yaml --history-max 2
do upgrade REL CHARTS/raw -f one.yaml --history-max 2
do rollback REL 2
do uninstall REL
-- one.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: one}}
