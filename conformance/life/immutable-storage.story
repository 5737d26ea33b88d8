# Claims of storage that do not shrink, and templates of claims that do not change.
do install REL CHARTS/raw --create-namespace -f one.yaml
do upgrade REL CHARTS/raw -f one.yaml --set objects[0].spec.resources.requests.storage=1Mi
do upgrade REL CHARTS/raw -f one.yaml --set objects[1].spec.volumeClaimTemplates[0].spec.resources.requests.storage=2Gi
look history REL
see
do rollback REL 1
do uninstall REL
see
-- one.yaml --
objects:
  - apiVersion: v1
    kind: PersistentVolumeClaim
    metadata: {name: claim}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
  - apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: store}
    spec:
      serviceName: store
      replicas: 0
      selector: {matchLabels: {app: store}}
      template:
        metadata: {labels: {app: store}}
        spec: {containers: [{name: store, image: "registry.example/store:1"}]}
      volumeClaimTemplates:
        - metadata: {name: data}
          spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
