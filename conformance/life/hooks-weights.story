# Hooks of one event run by weight, then by kind and name.
do install REL CHARTS/raw --create-namespace -f hooks.yaml
look get hooks REL
see
do upgrade REL CHARTS/raw -f hooks.yaml --set objects[4].data.round=two
look status REL --output json
do rollback REL 1
see
do uninstall REL
see
-- hooks.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: late, annotations: {helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-weight: "5"}}, data: {at: "{{ .Release.Revision }}"}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: early, annotations: {helm.sh/hook: "pre-install,pre-upgrade,pre-rollback", helm.sh/hook-weight: "-5"}}, data: {at: "{{ .Release.Revision }}"}}
  - {apiVersion: v1, kind: ServiceAccount, metadata: {name: middle, annotations: {helm.sh/hook: "pre-install, post-upgrade"}}}
  - apiVersion: batch/v1
    kind: Job
    metadata: {name: after, annotations: {helm.sh/hook: "post-install,post-upgrade,post-rollback,post-delete", helm.sh/hook-weight: "1"}}
    spec: {template: {spec: {restartPolicy: Never, containers: [{name: after, image: "registry.example/hook:1"}]}}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: plain}, data: {round: one}}
