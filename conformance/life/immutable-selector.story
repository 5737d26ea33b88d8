# A selector that cannot change.
do install REL CHARTS/raw --create-namespace -f one.yaml
do upgrade REL CHARTS/raw -f two.yaml
look status REL
see
new upgrade REL CHARTS/raw -f two.yaml --server-side=false --force-replace
do rollback REL 1
kubectl delete deployment web
do upgrade REL CHARTS/raw -f two.yaml
look history REL
see
do uninstall REL
see
-- one.yaml --
objects:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      selector: {matchLabels: {app: one}}
      template:
        metadata: {labels: {app: one}}
        spec: {containers: [{name: web, image: "registry.example/web:1"}]}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: beside}, data: {round: one}}
-- two.yaml --
objects:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      selector: {matchLabels: {app: two}}
      template:
        metadata: {labels: {app: two}}
        spec: {containers: [{name: web, image: "registry.example/web:1"}]}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: beside}, data: {round: two}}
