# Parts of a chart that are switched on and off.
do install REL parent --create-namespace
do upgrade REL parent --set child.enabled=false
see
do upgrade REL parent --set tags.extra=true,global.colour=red
look get notes REL
do upgrade REL parent --set second.size=2
see
do rollback REL 2
do uninstall REL
see
-- parent/Chart.yaml --
apiVersion: v2
name: parent
version: 1.0.0
dependencies:
  - {name: child, version: "1.x.x", condition: child.enabled}
  - {name: child, alias: second, version: "1.x.x", tags: [extra]}
-- parent/values.yaml --
tags: {extra: false}
global: {colour: blue}
-- parent/templates/NOTES.txt --
The parent of {{ .Release.Name }}.
-- parent/charts/child/Chart.yaml --
apiVersion: v2
name: child
version: 1.2.3
-- parent/charts/child/values.yaml --
size: 1
-- parent/charts/child/templates/NOTES.txt --
A child of size {{ .Values.size }}.
-- parent/charts/child/templates/map.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}-{{ .Chart.Name }}"}
data: {colour: "{{ .Values.global.colour }}", size: "{{ .Values.size }}"}
