# Somebody else applies the same object at the server's side.
do install REL CHARTS/raw --create-namespace -f one.yaml
kubectl apply --server-side --force-conflicts --field-manager=them -f theirs.yaml
do upgrade REL CHARTS/raw -f one.yaml --set objects[0].data.shared=later
see
do upgrade REL CHARTS/raw -f one.yaml --set objects[0].data.own=later
new upgrade REL CHARTS/raw -f one.yaml --set objects[0].data.shared=ours --force-conflicts --server-side=true
see
do rollback REL 1
look history REL
do uninstall REL
-- one.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: both}, data: {shared: first, own: first}}
-- theirs.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: both}
data: {shared: theirs, theirs: "yes"}
