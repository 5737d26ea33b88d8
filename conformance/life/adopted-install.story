# Objects that are in the way of an installation are taken over on demand.
kubectl create namespace NAMESPACE
kubectl create configmap found --from-literal=round=theirs
kubectl create service clusterip found --tcp=80
do install REL CHARTS/raw -f one.yaml
new install REL CHARTS/raw -f one.yaml --take-ownership
see
new uninstall REL
new install REL CHARTS/raw -f one.yaml --take-ownership --force-conflicts
see
do upgrade REL CHARTS/raw -f one.yaml --set objects[0].data.round=later
see
new uninstall REL
see
-- one.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: found}, data: {round: ours}}
  - apiVersion: v1
    kind: Service
    metadata: {name: found}
    spec: {selector: {app: ours}, ports: [{name: "80", port: 80}]}
