# Lists in an object that somebody else has changed, merged by the client and by the server.
do install REL CHARTS/raw --create-namespace -f web.yaml
kubectl patch deployment web --patch '{"spec":{"template":{"spec":{"containers":[{"name":"sidecar","image":"registry.example/sidecar:1"}],"tolerations":[{"key":"by-hand","operator":"Exists"}]}}}}'
new upgrade REL CHARTS/raw -f web.yaml --set objects[0].spec.template.spec.containers[0].image=registry.example/web:2 --server-side=false
see
new upgrade REL CHARTS/raw -f web.yaml --set objects[0].spec.template.spec.containers[1].name=helper --set objects[0].spec.template.spec.containers[1].image=registry.example/h:1 --set objects[0].spec.template.spec.containers[0].image=registry.example/web:2 --server-side=false
see
new upgrade REL CHARTS/raw -f web.yaml --set objects[0].spec.template.spec.containers[0].env=null --server-side=false
see
new rollback REL 1 --server-side=false
new upgrade REL CHARTS/raw -f web.yaml --server-side=true --force-conflicts
see
do uninstall REL
-- web.yaml --
objects:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, labels: {app: web}}
    spec:
      replicas: 0
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          containers:
            - name: web
              image: registry.example/web:1
              ports: [{name: http, containerPort: 80}, {name: dns, containerPort: 53, protocol: UDP}, {name: dns-tcp, containerPort: 53}]
              env: [{name: A, value: "1"}, {name: B, value: "2"}]
              args: [one, two]
