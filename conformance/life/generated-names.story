# Objects whose names the server makes up.
do install REL CHARTS/raw --create-namespace -f generated.yaml
look status REL
new install other CHARTS/raw -f generated.yaml --server-side=false
look get manifest REL
new install third CHARTS/raw -f both.yaml
do upgrade REL CHARTS/raw -f generated.yaml --set objects[1].data.round=two
new install hooked CHARTS/raw -f hook.yaml
new install hooked-csa CHARTS/raw -f hook.yaml --server-side=false
look list --all
do uninstall REL
new uninstall other --ignore-not-found
new uninstall hooked --ignore-not-found
-- generated.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {generateName: made-}, data: {round: one}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: plain}, data: {round: one}}
-- both.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: both, generateName: made-}}
-- hook.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {generateName: hook-, annotations: {helm.sh/hook: "pre-install"}}}
