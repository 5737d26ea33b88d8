# A signal while a hook runs.
do install REL CHARTS/raw --create-namespace -f objects.yaml
interrupt TERM create job/slow upgrade REL CHARTS/raw -f objects.yaml -f slow.yaml --timeout 60s
look history REL
look get hooks REL
see
do upgrade REL CHARTS/raw -f objects.yaml --set objects[0].data.round=two
see
do uninstall REL
see
-- objects.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: plain}, data: {round: one}}
-- slow.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: plain}, data: {round: slow}}
  - apiVersion: batch/v1
    kind: Job
    metadata: {name: slow, annotations: {helm.sh/hook: pre-upgrade}}
    spec: {template: {metadata: {annotations: {oracle/outcome: hang}}, spec: {restartPolicy: Never, containers: [{name: slow, image: "registry.example/slow:1"}]}}}
