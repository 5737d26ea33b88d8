# Replicas that somebody else decides, because the chart leaves them out.
do install REL CHARTS/raw --create-namespace -f one.yaml --wait
kubectl scale deployment web --replicas=3
do upgrade REL CHARTS/raw -f one.yaml --set objects[0].metadata.labels.round=two
see
do rollback REL
do upgrade REL CHARTS/raw -f one.yaml --set objects[0].spec.replicas=2
see
do upgrade REL CHARTS/raw -f one.yaml
see
do uninstall REL
-- one.yaml --
objects:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, labels: {round: one}}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: web, image: "registry.example/web:1"}]}
