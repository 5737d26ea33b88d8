# A Job whose pods cannot change.
do install REL CHARTS/raw --create-namespace -f one.yaml --wait --wait-for-jobs
do upgrade REL CHARTS/raw -f one.yaml --set objects[0].spec.template.spec.containers[0].image=registry.example/job:2
do upgrade REL CHARTS/raw -f one.yaml --set objects[0].spec.template.spec.containers[0].image=registry.example/job:2 UNDO
kubectl delete job once
do upgrade REL CHARTS/raw -f one.yaml --set objects[0].spec.template.spec.containers[0].image=registry.example/job:2
look history REL
see
do rollback REL 1 --cleanup-on-fail
do uninstall REL
see
-- one.yaml --
objects:
  - apiVersion: batch/v1
    kind: Job
    metadata: {name: once}
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{name: once, image: "registry.example/job:1"}]
