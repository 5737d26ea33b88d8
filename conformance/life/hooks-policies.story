# Each policy by which hooks are deleted.
do install REL CHARTS/raw --create-namespace -f hooks.yaml
see
do upgrade REL CHARTS/raw -f hooks.yaml
do upgrade REL CHARTS/raw -f hooks.yaml --set objects[3].spec.completions=-1
see
do upgrade REL CHARTS/raw -f hooks.yaml --no-hooks
do uninstall REL
see
-- hooks.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: always, annotations: {helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-delete-policy: "before-hook-creation"}}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: succeeded, annotations: {helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-delete-policy: "hook-succeeded"}}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: failed, annotations: {helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-delete-policy: "hook-failed"}}}
  - apiVersion: batch/v1
    kind: Job
    metadata: {name: job, annotations: {helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-weight: "3", helm.sh/hook-delete-policy: "hook-failed,before-hook-creation"}}
    spec: {completions: 1, template: {spec: {restartPolicy: Never, containers: [{name: job, image: "registry.example/hook:1"}]}}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: plain}}
