# A quota is in the way.
kubectl create namespace NAMESPACE
kubectl create quota few --hard=count/services=1
do install REL CHART
do upgrade REL CHARTS/raw -f services.yaml
look status REL
kubectl delete quota few
do upgrade REL CHARTS/raw -f services.yaml
see
do uninstall REL
-- services.yaml --
objects:
  - {apiVersion: v1, kind: Service, metadata: {name: rel}, spec: {ports: [{port: 80}]}}
  - {apiVersion: v1, kind: Service, metadata: {name: more}, spec: {ports: [{port: 80}]}}
