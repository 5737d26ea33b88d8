# Parts that are not there.
do install REL parent --create-namespace
new install REL parent --create-namespace --dependency-update
look get manifest REL
do upgrade REL parent
see
do uninstall REL
-- parent/Chart.yaml --
apiVersion: v2
name: parent
version: 1.0.0
dependencies:
  - {name: child, version: 1.2.3, repository: "file://../child"}
-- child/Chart.yaml --
apiVersion: v2
name: child
version: 1.2.3
-- child/templates/map.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}-child"}
