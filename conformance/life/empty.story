# A chart that comes to nothing, and one that becomes nothing.
do install REL CHARTS/raw --create-namespace
see
do upgrade REL CHARTS/raw -f one.yaml
do upgrade REL CHARTS/raw
see
do rollback REL 2
do rollback REL 1
look get manifest REL
look get all REL
do upgrade REL CHARTS/raw -f comments.yaml
look get manifest REL
do test REL
do upgrade REL CHARTS/raw --wait --timeout 10s
do uninstall REL --wait --timeout 10s
see
-- one.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: one}}
-- comments.yaml --
objects:
  - null
