# A definition among the templates, and an object of it in the next revision.
serial
also birds.inside.example
cluster inside.example
do install REL CHARTS/raw --create-namespace -f one.yaml
do upgrade REL CHARTS/raw -f one.yaml -f two.yaml
see
do upgrade REL CHARTS/raw -f one.yaml
do upgrade REL CHARTS/raw -f one.yaml -f two.yaml --set objects[1].spec.wings=many
do rollback REL 2
see
do uninstall REL
see
-- one.yaml --
objects:
  - &crd
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: birds.inside.example}
    spec:
      group: inside.example
      scope: Namespaced
      names: {kind: Bird, listKind: BirdList, plural: birds, singular: bird}
      versions:
        - name: v1
          served: true
          storage: true
          schema:
            openAPIV3Schema:
              type: object
              properties: {spec: {type: object, properties: {wings: {type: integer}}}}
-- two.yaml --
objects:
  - apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: birds.inside.example}
    spec:
      group: inside.example
      scope: Namespaced
      names: {kind: Bird, listKind: BirdList, plural: birds, singular: bird}
      versions:
        - name: v1
          served: true
          storage: true
          schema:
            openAPIV3Schema:
              type: object
              properties: {spec: {type: object, properties: {wings: {type: integer}}}}
  - apiVersion: inside.example/v1
    kind: Bird
    metadata: {name: first}
    spec: {wings: 2}
