# What of a StatefulSet can change, and what not.
do install REL CHARTS/raw --create-namespace -f set.yaml --wait --timeout 40s
do upgrade REL CHARTS/raw -f set.yaml --set objects[1].spec.replicas=2 --wait --timeout 40s
do upgrade REL CHARTS/raw -f set.yaml --set objects[1].spec.serviceName=other
look history REL
do upgrade REL CHARTS/raw -f set.yaml --set objects[1].spec.updateStrategy.type=OnDelete --set objects[1].spec.template.spec.containers[0].image=registry.example/s:2 --wait --timeout 40s
see
kubectl delete statefulset set --cascade=orphan
do upgrade REL CHARTS/raw -f set.yaml --set objects[1].spec.podManagementPolicy=Parallel --wait --timeout 40s
see
do uninstall REL --wait --timeout 40s
see
-- set.yaml --
objects:
  - {apiVersion: v1, kind: Service, metadata: {name: set}, spec: {clusterIP: None, selector: {app: set}, ports: [{port: 80}]}}
  - apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: set}
    spec: {serviceName: set, replicas: 1, selector: {matchLabels: {app: set}}, template: {metadata: {labels: {app: set}}, spec: {terminationGracePeriodSeconds: 0, containers: [{name: s, image: "registry.example/s:1"}]}}}
