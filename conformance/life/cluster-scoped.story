# Objects that have no namespace, with one in their manifest all the same.
serial
cluster scoped-
do install REL CHARTS/raw --create-namespace -f objects.yaml
see
new install other CHARTS/raw -f objects.yaml
do upgrade REL CHARTS/raw -f objects.yaml --set objects[0].rules[0].verbs={get\,list}
do upgrade REL CHARTS/raw -f objects.yaml --set objects[3].value=8
look status REL
do rollback REL 1
see
do uninstall REL
see
-- objects.yaml --
objects:
  - {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: scoped-role, namespace: nowhere}, rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]}
  - {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: scoped-binding}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: scoped-role}, subjects: [{kind: ServiceAccount, name: default, namespace: NAMESPACE}]}
  - {apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: scoped-class}, spec: {controller: example.com/none}}
  - {apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: scoped-priority}, value: 7}
