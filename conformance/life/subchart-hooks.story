# Hooks of subcharts run among those of their parent.
do install REL parent --create-namespace
look get hooks REL
see
do upgrade REL parent --set child.enabled=false
see
do upgrade REL parent --set child.fails=true
look status REL
do test REL
do rollback REL 1
see
do uninstall REL
see
-- parent/Chart.yaml --
apiVersion: v2
name: parent
version: 1.0.0
dependencies:
  - {name: child, version: 1.0.0, condition: child.enabled}
-- parent/values.yaml --
child: {enabled: true}
-- parent/templates/hook.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: parent-hook, annotations: {helm.sh/hook: "pre-install,pre-upgrade,post-rollback", helm.sh/hook-weight: "1"}}
data: {revision: {{ .Release.Revision | quote }}}
-- parent/templates/plain.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: parent}
-- parent/charts/child/Chart.yaml --
{apiVersion: v2, name: child, version: 1.0.0}
-- parent/charts/child/values.yaml --
fails: false
-- parent/charts/child/templates/hook.yaml --
apiVersion: batch/v1
kind: Job
metadata: {name: child-hook, annotations: {helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-weight: "0", helm.sh/hook-delete-policy: before-hook-creation}}
spec:
  {{- if .Values.fails }}
  completions: -1
  {{- end }}
  template: {spec: {restartPolicy: Never, containers: [{name: child, image: "registry.example/child:1"}]}}
---
apiVersion: v1
kind: Secret
metadata: {name: child-after, annotations: {helm.sh/hook: "post-install,post-upgrade,post-delete", helm.sh/hook-delete-policy: "hook-succeeded,before-hook-creation"}}
-- parent/charts/child/templates/test.yaml --
apiVersion: v1
kind: Pod
metadata: {name: child-test, annotations: {helm.sh/hook: test}}
spec: {restartPolicy: Never, containers: [{name: test, image: "registry.example/t:1"}]}
-- parent/charts/child/templates/plain.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: child}
