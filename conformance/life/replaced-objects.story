# Objects that are replaced, not merged.
do install REL CHARTS/raw --create-namespace -f objects.yaml
new upgrade REL CHARTS/raw -f objects.yaml --set objects[0].data.round=two --force-replace
look history REL
new upgrade REL CHARTS/raw -f objects.yaml --set objects[0].data.round=two --force-replace --server-side=false
see
kubectl patch configmap plain --type=merge --patch '{"data":{"by-hand":"yes"}}'
new upgrade REL CHARTS/raw -f objects.yaml --set objects[0].data.round=three --force-replace --server-side=false
see
new upgrade REL CHARTS/raw -f objects.yaml --set objects[0].data.round=four --force-replace --force-conflicts --server-side=false
new upgrade REL CHARTS/raw -f objects.yaml --set objects[1].spec.ports[0].port=81 --force-replace --server-side=false
new rollback REL 1 --force-replace --server-side=false
new rollback REL 1 --force-replace
look history REL
see
do uninstall REL
see
-- objects.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: plain}, data: {round: one}}
  - {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80}]}}
