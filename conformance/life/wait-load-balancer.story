# A load balancer that nobody gives an address.
do install REL CHARTS/raw --create-namespace -f service.yaml --wait --timeout 4s
new install other CHARTS/raw -f other.yaml --wait=legacy --timeout 5s
look list --all
look status REL
new upgrade REL CHARTS/raw -f service.yaml --wait=hookOnly
do upgrade REL CHARTS/raw -f service.yaml --set objects[0].spec.type=ClusterIP --wait --timeout 20s
see
do uninstall REL
-- service.yaml --
objects:
  - {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}}
-- other.yaml --
objects:
  - {apiVersion: v1, kind: Service, metadata: {name: other}, spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}}
