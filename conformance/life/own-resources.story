# A chart with its definition in crds/ and resources of it in templates, over their whole life.
serial
also ships.own.example
cluster own.example
do install REL fleet --create-namespace
see
do upgrade REL fleet --set sails=2,lists={a,b}
kubectl patch ship REL --type=merge --patch '{"spec":{"by-hand":true,"crew":["x","y"]}}'
do upgrade REL fleet --set sails=3,lists={c}
see
new upgrade REL fleet --set sails=4 --server-side=false
see
new rollback REL 1 --server-side=false
see
new upgrade REL fleet --set sails=5 --server-side=true --force-conflicts --wait --timeout 20s
see
new template REL fleet --include-crds --skip-tests
new template REL fleet --dry-run=server
do upgrade REL fleet --set sails=none
do uninstall REL
see
do install REL fleet --skip-crds
see
do uninstall REL
-- fleet/Chart.yaml --
{apiVersion: v2, name: fleet, version: 1.0.0}
-- fleet/values.yaml --
sails: 1
lists: [a]
-- fleet/crds/ships.yaml --
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ships.own.example}
spec:
  group: own.example
  scope: Namespaced
  names: {kind: Ship, listKind: ShipList, plural: ships, singular: ship}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties: {spec: {type: object, x-kubernetes-preserve-unknown-fields: true, properties: {sails: {type: integer}}}}
-- fleet/templates/ship.yaml --
apiVersion: own.example/v1
kind: Ship
metadata: {name: "{{ .Release.Name }}"}
spec: {sails: {{ .Values.sails }}, crew: {{ toJson .Values.lists }}, hold: {deep: {list: [{a: 1}, {b: 2}]}}}
