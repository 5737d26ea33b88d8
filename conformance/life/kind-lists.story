# Objects inside of a list, and empty documents.
do install REL lists --create-namespace
do upgrade REL lists --set round=two
see
do upgrade REL lists --set second=false
see
do rollback REL 1
do uninstall REL
see
-- lists/Chart.yaml --
apiVersion: v2
name: lists
version: 1.0.0
-- lists/values.yaml --
round: one
second: true
-- lists/templates/list.yaml --
apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: first}, data: {round: "{{ .Values.round }}"}}
  {{- if .Values.second }}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: second}, data: {round: "{{ .Values.round }}"}}
  {{- end }}
---
# nothing but a comment
---
apiVersion: v1
kind: ConfigMapList
items:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: third}}
