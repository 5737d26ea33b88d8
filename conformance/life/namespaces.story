# Namespaces that are there or not.
do install REL CHARTS/raw
do install REL CHARTS/raw -f plain.yaml
do install REL CHARTS/raw --create-namespace -f plain.yaml
do uninstall REL
do install REL CHARTS/raw --create-namespace -f plain.yaml
see
do uninstall REL
-- plain.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: plain, namespace: "{{ .Release.Namespace }}"}}
