{{- define "common.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "common.name" . }}
  labels:
    {{- include "common.labels" . | nindent 4 }}
spec:
  {{- if .Values.headless }}
  clusterIP: None
  {{- end }}
  selector:
    {{- include "common.selector" . | nindent 4 }}
  ports:
    - { name: http, port: 80, targetPort: http }
{{- end -}}

{{- /* What a service reads as environment variables. Values may be templates. */ -}}
{{- define "common.config" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "common.name" . }}
  labels:
    {{- include "common.labels" . | nindent 4 }}
data:
  ENVIRONMENT: {{ .Values.global.environment | default "none" | quote }}
  {{- range $name, $value := .Values.config }}
  {{ $name }}: {{ tpl (toString $value) $ | quote }}
  {{- end }}
{{- end -}}
