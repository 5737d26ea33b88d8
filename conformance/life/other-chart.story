# A release becomes another chart, with other objects.
do install REL CHART --create-namespace --set extra={one}
do upgrade REL CHARTS/raw -f objects.yaml
see
do upgrade REL CHART
see
do rollback REL 2
look list
look history REL
do uninstall REL
see
-- objects.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: rel}, data: {kept: other}}
  - {apiVersion: v1, kind: Secret, metadata: {name: rel}, stringData: {a: b}}
