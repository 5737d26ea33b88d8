# Manifests that no server takes, each in its way.
do install REL CHARTS/raw --create-namespace
do upgrade REL CHARTS/raw -f unknown-field.yaml
do upgrade REL CHARTS/raw -f unknown-field.yaml --disable-openapi-validation
do upgrade REL CHARTS/raw -f unknown-kind.yaml
do upgrade REL CHARTS/raw -f two-unknown.yaml
do upgrade REL CHARTS/raw -f no-kind.yaml
do upgrade REL CHARTS/raw -f no-version.yaml
do upgrade REL CHARTS/raw -f no-name.yaml
do upgrade REL CHARTS/raw -f twice.yaml
see
do upgrade REL CHARTS/raw -f bad-name.yaml
do upgrade REL CHARTS/raw -f wrong-type.yaml
do upgrade REL CHARTS/raw -f wrong-type.yaml --server-side=false
do upgrade REL CHARTS/raw -f several-bad.yaml
look history REL
new install other CHARTS/raw -f unknown-field.yaml
new install other CHARTS/raw -f unknown-kind.yaml
new install another CHARTS/raw -f several-bad.yaml
new install csa CHARTS/raw -f several-bad.yaml --server-side=false
new install hooked CHARTS/raw -f bad-hook.yaml
look list --all
see
do uninstall REL
-- unknown-field.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: unknown}, datum: {a: b}}
-- unknown-kind.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMop, metadata: {name: unknown}}
-- two-unknown.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMop, metadata: {name: one}}
  - {apiVersion: nowhere.example/v1, kind: Thing, metadata: {name: two, namespace: elsewhere}}
-- no-kind.yaml --
objects:
  - {apiVersion: v1, metadata: {name: nobody}}
-- no-version.yaml --
objects:
  - {kind: ConfigMap, metadata: {name: nobody}}
-- no-name.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, data: {a: b}}
-- twice.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: twice}, data: {round: one}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: twice}, data: {round: two, other: key}}
-- bad-name.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: Not_A_Name}}
-- wrong-type.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: typed}, data: {a: 1}}
-- several-bad.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: Bad_One}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: fine}}
  - {apiVersion: v1, kind: Service, metadata: {name: bad-two}, spec: {ports: [{port: 70000}]}}
-- bad-hook.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: Bad_Hook, annotations: {helm.sh/hook: pre-install}}}
