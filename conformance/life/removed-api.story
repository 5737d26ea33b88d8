# Kinds that the server no longer has, or never had.
serial
cluster removed.example
do install REL CHARTS/raw --create-namespace -f old.yaml
kubectl create namespace NAMESPACE
kubectl create -f definition.yaml
kubectl wait --for=condition=Established crd/fish.removed.example
do install REL CHARTS/raw -f fish.yaml
kubectl delete crd fish.removed.example
do upgrade REL CHARTS/raw -f plain.yaml
look get manifest REL
look status REL
do uninstall REL
see
-- old.yaml --
objects:
  - {apiVersion: policy/v1beta1, kind: PodSecurityPolicy, metadata: {name: old}}
  - {apiVersion: extensions/v1beta1, kind: Ingress, metadata: {name: old}}
-- plain.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: plain}, data: {a: b}}
-- fish.yaml --
objects:
  - {apiVersion: removed.example/v1, kind: Fish, metadata: {name: first}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: plain}, data: {a: b}}
-- definition.yaml --
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: fish.removed.example}
spec:
  group: removed.example
  scope: Namespaced
  names: {kind: Fish, listKind: FishList, plural: fish, singular: fish}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
