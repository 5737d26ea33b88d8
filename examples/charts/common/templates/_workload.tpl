{{- /* The pods of a service, for a Deployment or a StatefulSet. */ -}}
{{- define "common.pods" -}}
metadata:
  labels:
    {{- include "common.labels" . | nindent 4 }}
  annotations:
    checksum/config: {{ .Values.config | toJson | sha256sum }}
spec:
  serviceAccountName: {{ include "common.name" . }}
  {{- with .Values.global.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    seccompProfile: { type: RuntimeDefault }
  containers:
    - name: {{ .Chart.Name }}
      image: {{ include "common.image" . }}
      ports:
        - { name: http, containerPort: {{ .Values.port }} }
      envFrom:
        - configMapRef: { name: {{ include "common.name" . }} }
      {{- with .Values.secrets }}
      env:
        {{- range $name, $secret := . }}
        - name: {{ $name }}
          valueFrom:
            secretKeyRef: { name: {{ tpl $secret.name $ }}, key: {{ $secret.key }} }
        {{- end }}
      {{- end }}
      readinessProbe:
        httpGet: { path: {{ .Values.readyPath | default "/ready" }}, port: http }
      {{- with .Values.resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.mounts }}
      volumeMounts:
        {{- range $name, $path := . }}
        - { name: {{ $name }}, mountPath: {{ $path }} }
        {{- end }}
      {{- end }}
{{- end -}}

{{- define "common.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "common.name" . }}
  labels:
    {{- include "common.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels:
      {{- include "common.selector" . | nindent 6 }}
  template:
    {{- include "common.pods" . | nindent 4 }}
{{- if gt (int .Values.replicas) 1 }}
---
{{ include "common.disruption" . }}
{{- end }}
{{- end -}}

{{- /* At most one pod at a time is taken away by maintenance. */ -}}
{{- define "common.disruption" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "common.name" . }}
  labels:
    {{- include "common.labels" . | nindent 4 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "common.selector" . | nindent 6 }}
{{- end -}}
