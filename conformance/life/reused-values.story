# Values of the release before, when the chart has others by now.
do install REL one --create-namespace --set mine=1
do upgrade REL two --reuse-values
look get values REL --all
do upgrade REL two
look get values REL --all
do upgrade REL two --reset-then-reuse-values --set more=1
look get values REL --all
do upgrade REL two --reset-values
look get values REL
do upgrade REL one --set nested.inner=null --reuse-values
look get manifest REL
see
do rollback REL 2
look get values REL --revision 3 --output json
do uninstall REL
-- one/Chart.yaml --
apiVersion: v2
name: one
version: 1.0.0
-- one/values.yaml --
colour: blue
nested: {inner: 1, other: 2}
-- one/templates/map.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}"}
data:
  values: {{ toJson .Values | quote }}
-- two/Chart.yaml --
apiVersion: v2
name: one
version: 2.0.0
-- two/values.yaml --
colour: red
size: large
nested: {inner: 3, third: 4}
-- two/templates/map.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}"}
data:
  values: {{ toJson .Values | quote }}
