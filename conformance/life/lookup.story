# Templates that look around.
kubectl create namespace NAMESPACE
kubectl create configmap seen --from-literal=colour=blue
new template REL CHARTS/raw -f look.yaml
new template REL CHARTS/raw -f look.yaml --dry-run=server
new template REL CHARTS/raw -f look.yaml --validate
do install REL CHARTS/raw -f look.yaml
do upgrade REL CHARTS/raw -f look.yaml
new upgrade REL CHARTS/raw -f look.yaml --dry-run=client
new upgrade REL CHARTS/raw -f look.yaml --dry-run=server
look get manifest REL
see
do uninstall REL
-- look.yaml --
objects:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: looks}
    data:
      colour: '{{ (lookup "v1" "ConfigMap" .Release.Namespace "seen").data | default dict | toJson }}'
      missing: '{{ lookup "v1" "ConfigMap" .Release.Namespace "missing" | toJson }}'
      space: '{{ (lookup "v1" "Namespace" "" .Release.Namespace).kind | default "none" }}'
      accounts: '{{ range (lookup "v1" "ServiceAccount" .Release.Namespace "").items }}{{ .metadata.name }} {{ end }}'
