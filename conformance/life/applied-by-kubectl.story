# An object that kubectl applies at the client's side.
do install REL CHARTS/raw --create-namespace -f one.yaml
kubectl apply -f theirs.yaml
do upgrade REL CHARTS/raw -f one.yaml --set objects[0].data.own=later
see
do upgrade REL CHARTS/raw -f one.yaml --set objects[0].data.shared=later
do uninstall REL
see
-- one.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: both}, data: {shared: first, own: first}}
-- theirs.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: both}
data: {shared: theirs, theirs: "yes"}
