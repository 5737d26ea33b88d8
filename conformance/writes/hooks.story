# Hooks of all events and policies.
do install REL CHARTS/raw --create-namespace -f hooks.yaml
do upgrade REL CHARTS/raw -f hooks.yaml
do upgrade REL CHARTS/raw -f hooks.yaml --set objects[3].spec.completions=-1
do upgrade REL CHARTS/raw -f hooks.yaml --no-hooks
do upgrade REL CHARTS/raw -f hooks.yaml --server-side=false
do rollback REL 1
do uninstall REL
-- hooks.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: always, annotations: {helm.sh/hook: "pre-install,pre-upgrade,pre-rollback", helm.sh/hook-delete-policy: "before-hook-creation"}}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: succeeded, annotations: {helm.sh/hook: "pre-install,pre-upgrade,post-delete", helm.sh/hook-delete-policy: "hook-succeeded"}}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: failed, annotations: {helm.sh/hook: "post-install,pre-upgrade,pre-delete", helm.sh/hook-delete-policy: "hook-failed"}}}
  - apiVersion: batch/v1
    kind: Job
    metadata: {name: job, annotations: {helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-weight: "3", helm.sh/hook-delete-policy: "hook-failed,before-hook-creation"}}
    spec: {completions: 1, template: {spec: {restartPolicy: Never, containers: [{name: job, image: "registry.example/hook:1"}]}}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: plain}}
