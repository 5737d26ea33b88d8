# A Service changes its type, and what cannot change.
do install REL CHARTS/raw --create-namespace -f service.yaml
do upgrade REL CHARTS/raw -f service.yaml --set objects[0].spec.type=NodePort
see
do upgrade REL CHARTS/raw -f service.yaml --set objects[0].spec.clusterIP=None
do upgrade REL CHARTS/raw -f service.yaml --set objects[0].spec.type=ExternalName,objects[0].spec.externalName=example.com
see
do upgrade REL CHARTS/raw -f service.yaml --set objects[0].spec.ports[0].name=web,objects[0].spec.ports[1].name=more,objects[0].spec.ports[1].port=81
see
do rollback REL 1
see
do uninstall REL
-- service.yaml --
objects:
  - {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80}]}}
