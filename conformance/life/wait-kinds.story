# Waiting for one of each kind that can be waited for.
do install REL CHARTS/raw --create-namespace -f kinds.yaml --wait --timeout 1m
do upgrade REL CHARTS/raw -f kinds.yaml --set objects[1].spec.replicas=2 --wait
see
do rollback REL 1 --wait
do uninstall REL --wait
see
-- kinds.yaml --
objects:
  - {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80}]}}
  - apiVersion: apps/v1
    kind: StatefulSet
    metadata: {name: set}
    spec: {serviceName: web, replicas: 1, selector: {matchLabels: {app: set}}, template: {metadata: {labels: {app: set}}, spec: {containers: [{name: set, image: "registry.example/set:1"}]}}}
  - apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: daemon}
    spec: {selector: {matchLabels: {app: daemon}}, template: {metadata: {labels: {app: daemon}}, spec: {containers: [{name: daemon, image: "registry.example/daemon:1"}]}}}
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: "registry.example/web:1"}]}}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: plain}}
