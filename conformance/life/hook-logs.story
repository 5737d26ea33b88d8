# Hooks whose logs are shown, when they succeed or fail; pods of a simulated node have none.
do install REL CHARTS/raw --create-namespace -f hooks.yaml
look get hooks REL
see
do upgrade REL CHARTS/raw -f hooks.yaml --set-string objects[1].spec.template.metadata.annotations.oracle/outcome=fail --set objects[1].spec.backoffLimit=0 --timeout 20s
look get hooks REL
see
do upgrade REL CHARTS/raw -f hooks.yaml --set objects[0].metadata.annotations.helm\.sh/hook-output-log-policy=whenever
do uninstall REL
see
-- hooks.yaml --
objects:
  - apiVersion: v1
    kind: Pod
    metadata: {name: pod, annotations: {helm.sh/hook: "pre-install,pre-upgrade,pre-delete", helm.sh/hook-output-log-policy: hook-succeeded}}
    spec: {restartPolicy: Never, containers: [{name: a, image: "registry.example/a:1"}, {name: b, image: "registry.example/b:1"}]}
  - apiVersion: batch/v1
    kind: Job
    metadata: {name: job, annotations: {helm.sh/hook: "post-install,post-upgrade", helm.sh/hook-output-log-policy: "hook-failed,hook-succeeded", helm.sh/hook-delete-policy: "before-hook-creation"}}
    spec: {template: {metadata: {annotations: {oracle/outcome: ""}}, spec: {restartPolicy: Never, containers: [{name: job, image: "registry.example/hook:1"}]}}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: note, annotations: {helm.sh/hook: post-install, helm.sh/hook-output-log-policy: hook-succeeded}}}
