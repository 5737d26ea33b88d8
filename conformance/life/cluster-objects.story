# Objects without a namespace.
serial
cluster rel-of-the-cluster
do install REL CHARTS/raw --create-namespace -f roles.yaml
do upgrade REL CHARTS/raw -f roles.yaml --set objects[0].rules[0].verbs={get}
see
do install other CHARTS/raw -f roles.yaml
do upgrade REL CHARTS/raw
see
do rollback REL 1
do uninstall REL
see
-- roles.yaml --
objects:
  - {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: rel-of-the-cluster}, rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]}
  - {apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: rel-of-the-cluster}, value: 7}
