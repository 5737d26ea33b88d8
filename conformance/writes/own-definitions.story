# Definitions of crds/ and resources of them.
do install REL fleet --create-namespace
do upgrade REL fleet --set sails=2
do upgrade REL fleet --set sails=3 --server-side=false
do uninstall REL
kubectl delete crd boats.written.example
-- fleet/Chart.yaml --
{apiVersion: v2, name: fleet, version: 1.0.0}
-- fleet/values.yaml --
sails: 1
-- fleet/crds/boats.yaml --
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.written.example}
spec:
  group: written.example
  scope: Namespaced
  names: {kind: Boat, listKind: BoatList, plural: boats, singular: boat}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
-- fleet/templates/boat.yaml --
apiVersion: written.example/v1
kind: Boat
metadata: {name: "{{ .Release.Name }}"}
spec: {sails: {{ .Values.sails }}}
