# A hook keeps an installation from being made, another from being finished.
do install REL CHARTS/raw --create-namespace -f hooks.yaml --set objects[0].spec.completions=-1
look status REL
see
do uninstall REL
do install REL CHARTS/raw -f hooks.yaml --set objects[1].spec.completions=-1
look list
see
do upgrade REL CHARTS/raw -f hooks.yaml
see
do uninstall REL
-- hooks.yaml --
objects:
  - apiVersion: batch/v1
    kind: Job
    metadata: {name: before, annotations: {helm.sh/hook: pre-install}}
    spec: {completions: 1, template: {spec: {restartPolicy: Never, containers: [{name: job, image: "registry.example/hook:1"}]}}}
  - apiVersion: batch/v1
    kind: Job
    metadata: {name: after, annotations: {helm.sh/hook: post-install}}
    spec: {completions: 1, template: {spec: {restartPolicy: Never, containers: [{name: job, image: "registry.example/hook:1"}]}}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: plain}}
