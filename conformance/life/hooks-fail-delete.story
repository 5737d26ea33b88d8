# A hook keeps a release from being removed.
do install REL CHARTS/raw --create-namespace -f hooks.yaml
do uninstall REL
look status REL
look list --uninstalling
see
do uninstall REL --no-hooks
see
-- hooks.yaml --
objects:
  - apiVersion: batch/v1
    kind: Job
    metadata: {name: before, annotations: {helm.sh/hook: pre-delete}}
    spec: {completions: -1, template: {spec: {restartPolicy: Never, containers: [{name: job, image: "registry.example/hook:1"}]}}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: plain}}
