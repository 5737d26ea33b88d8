# A Job that goes by itself, and comes back with the next upgrade.
do install REL CHARTS/raw --create-namespace -f job.yaml --wait --wait-for-jobs
kubectl wait --for=delete job/brief --timeout=30s
do upgrade REL CHARTS/raw -f job.yaml --set objects[1].data.round=two
kubectl wait --for=delete job/brief --timeout=30s
do rollback REL 1
kubectl wait --for=delete job/brief --timeout=30s
look status REL
see
do uninstall REL
see
-- job.yaml --
objects:
  - apiVersion: batch/v1
    kind: Job
    metadata: {name: brief}
    spec: {ttlSecondsAfterFinished: 4, template: {spec: {restartPolicy: Never, containers: [{name: job, image: "registry.example/job:1"}]}}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: plain}, data: {round: one}}
