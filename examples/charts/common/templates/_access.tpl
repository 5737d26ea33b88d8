{{- /* Who a service is and what it may do in its namespace: by default nothing. */ -}}
{{- define "common.access" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "common.name" . }}
  labels:
    {{- include "common.labels" . | nindent 4 }}
automountServiceAccountToken: {{ not (empty .Values.rules) }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ include "common.name" . }}
  labels:
    {{- include "common.labels" . | nindent 4 }}
rules:
  {{- toYaml (.Values.rules | default list) | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ include "common.name" . }}
  labels:
    {{- include "common.labels" . | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {{ include "common.name" . }}
subjects:
  - kind: ServiceAccount
    name: {{ include "common.name" . }}
    namespace: {{ .Release.Namespace }}
{{- end -}}
