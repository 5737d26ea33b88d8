# A Deployment that is paused is not waited for.
do install REL CHARTS/raw --create-namespace -f web.yaml --wait --timeout 20s
do upgrade REL CHARTS/raw -f web.yaml --set objects[0].spec.paused=false --wait
see
do uninstall REL
-- web.yaml --
objects:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec: {paused: true, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: "registry.example/web:1"}]}}}
