# A strategy that excludes the settings of the one before.
do install REL CHARTS/raw --create-namespace -f web.yaml
new upgrade REL CHARTS/raw -f web.yaml -f recreate.yaml --server-side=false
see
new upgrade REL CHARTS/raw -f web.yaml
see
do upgrade REL CHARTS/raw -f web.yaml -f recreate.yaml
see
do rollback REL 1
see
do uninstall REL
-- web.yaml --
objects:
  - &web
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec: {replicas: 0, strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1}}, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: "registry.example/web:1"}]}}}
-- recreate.yaml --
objects:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec: {replicas: 0, strategy: {type: Recreate}, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: "registry.example/web:1"}]}}}
