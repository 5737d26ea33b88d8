# A definition that has changed; custom resources of the new form.
serial
also boats.changed.example
cluster changed.example
do install REL one --create-namespace
do upgrade REL two
kubectl replace -f two/crds/boats.yaml
do upgrade REL two
see
do rollback REL 1
do uninstall REL
do install REL two
see
do uninstall REL
-- one/Chart.yaml --
apiVersion: v2
name: boats
version: 1.0.0
-- one/crds/boats.yaml --
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.changed.example}
spec:
  group: changed.example
  scope: Namespaced
  names: {kind: Boat, listKind: BoatList, plural: boats, singular: boat}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties: {spec: {type: object, properties: {sails: {type: integer}}}}
-- one/templates/boat.yaml --
apiVersion: changed.example/v1
kind: Boat
metadata: {name: "{{ .Release.Name }}"}
spec: {sails: 1}
-- two/Chart.yaml --
apiVersion: v2
name: boats
version: 2.0.0
-- two/crds/boats.yaml --
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.changed.example}
spec:
  group: changed.example
  scope: Namespaced
  names: {kind: Boat, listKind: BoatList, plural: boats, singular: boat}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties: {spec: {type: object, properties: {sails: {type: integer}, oars: {type: integer}}}}
-- two/templates/boat.yaml --
apiVersion: changed.example/v1
kind: Boat
metadata: {name: "{{ .Release.Name }}"}
spec: {sails: 2, oars: 4}
