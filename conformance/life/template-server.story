# Templates with a cluster to ask.
kubectl create namespace NAMESPACE
new template REL CHART --dry-run=server
new template REL CHART --dry-run=server --set broken=apply
new template REL CHARTS/raw --dry-run=server -f unknown.yaml
new template REL CHARTS/raw --dry-run=server -f asks.yaml
new template REL CHARTS/raw --dry-run=server -f asks.yaml --kube-version 1.20 --api-versions made/up
new template REL CHART --dry-run=server --show-only templates/workload.yaml --is-upgrade
new template REL CHARTS/lifecycle --dry-run=server --include-crds --skip-tests --no-hooks
kubectl create configmap rel --from-literal=a=b
new template REL CHART --dry-run=server
new template REL CHART --dry-run=server --is-upgrade --show-only templates/objects.yaml
new template REL CHART --dry-run=sometimes
new template Upper CHART --dry-run=server
-- unknown.yaml --
objects:
  - {apiVersion: no.such/v1, kind: Thing, metadata: {name: one}}
-- asks.yaml --
objects:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: asks}
    data:
      version: '{{ .Capabilities.KubeVersion.Version }}'
      minor: '{{ .Capabilities.KubeVersion.Minor }}'
      deployments: '{{ .Capabilities.APIVersions.Has "apps/v1/Deployment" }}'
      made: '{{ .Capabilities.APIVersions.Has "made/up" }}'
      leases: '{{ .Capabilities.APIVersions.Has "coordination.k8s.io/v1" }}'
