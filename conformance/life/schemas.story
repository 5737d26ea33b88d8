# Values that the chart does not accept.
do install REL strict --create-namespace --set count=many
do install REL strict
do upgrade REL strict --set count=0
do upgrade REL strict --set count=0 --skip-schema-validation
do upgrade REL strict --set other=1
look get values REL
see
do uninstall REL
-- strict/Chart.yaml --
apiVersion: v2
name: strict
version: 1.0.0
-- strict/values.yaml --
count: 1
-- strict/values.schema.json --
{"type": "object", "additionalProperties": false, "properties": {"count": {"type": "integer", "minimum": 1}, "global": {}}}
-- strict/templates/map.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}"}
data: {count: "{{ .Values.count }}"}
