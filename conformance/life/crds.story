# Definitions of crds/ come first and stay.
serial
also kites.crds.example
cluster crds.example
do install REL kites --create-namespace
look get manifest REL
see
do upgrade REL kites --set colour=red
do uninstall REL
see
do install REL kites
kubectl delete crd kites.crds.example
do upgrade REL kites --set colour=green
do uninstall REL
do install REL kites --skip-crds
see
-- kites/Chart.yaml --
apiVersion: v2
name: kites
version: 1.0.0
-- kites/values.yaml --
colour: blue
-- kites/crds/kites.yaml --
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: kites.crds.example}
spec:
  group: crds.example
  scope: Namespaced
  names: {kind: Kite, listKind: KiteList, plural: kites, singular: kite}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties: {spec: {type: object, properties: {colour: {type: string}}}}
-- kites/templates/kite.yaml --
apiVersion: crds.example/v1
kind: Kite
metadata: {name: "{{ .Release.Name }}"}
spec: {colour: "{{ .Values.colour }}"}
