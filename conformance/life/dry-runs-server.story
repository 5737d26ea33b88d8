# Dry runs that ask the server, with hooks, conflicts and what is looked up.
kubectl create namespace NAMESPACE
kubectl create configmap foreign --from-literal=a=b
new install REL CHARTS/raw -f hooks.yaml --dry-run=server
new install REL CHARTS/raw -f foreign.yaml --dry-run=server
new install REL CHARTS/raw -f foreign.yaml --dry-run=client
new install REL CHARTS/raw -f foreign.yaml --dry-run=server --take-ownership
new install REL CHARTS/raw -f bad.yaml --dry-run=server
new install REL CHARTS/raw -f unknown.yaml --dry-run=server
new install REL CHARTS/raw -f unknown.yaml --dry-run=client
do install REL CHARTS/raw -f hooks.yaml
new upgrade REL CHARTS/raw -f foreign.yaml --dry-run=server
new upgrade REL CHARTS/raw -f hooks.yaml --dry-run=server --output json
new upgrade REL CHARTS/raw -f hooks.yaml --dry-run=none
new upgrade REL CHARTS/raw -f hooks.yaml --dry-run=perhaps
new upgrade REL CHARTS/raw -f hooks.yaml --dry-run=client --hide-notes
new template REL CHARTS/raw -f hooks.yaml --dry-run=server --validate
new template REL CHARTS/raw -f unknown.yaml --validate
new template REL CHARTS/raw -f foreign.yaml --dry-run=server
new template REL CHARTS/raw -f hooks.yaml --no-hooks
new uninstall REL --dry-run --keep-history
new rollback REL 1 --dry-run
look history REL
see
do uninstall REL
-- hooks.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: hook, annotations: {helm.sh/hook: "pre-install,pre-upgrade"}}, data: {found: '{{ lookup "v1" "ConfigMap" .Release.Namespace "foreign" | toJson | len | lt 2 }}'}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: plain}, data: {found: '{{ (lookup "v1" "ConfigMap" .Release.Namespace "foreign").data | toJson }}'}}
-- foreign.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: foreign}}
-- bad.yaml --
objects:
  - {apiVersion: v1, kind: Service, metadata: {name: bad}, spec: {ports: [{port: 70000}]}}
-- unknown.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMop, metadata: {name: unknown}}
