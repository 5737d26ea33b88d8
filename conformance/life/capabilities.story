# Charts that ask what the cluster can do.
do install REL CHARTS/raw --create-namespace -f asks.yaml
do install other old
do install other future
do upgrade REL future
look get manifest REL
see
do uninstall REL
-- asks.yaml --
objects:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: asks}
    data:
      version: '{{ .Capabilities.KubeVersion.Version }}'
      deployments: '{{ .Capabilities.APIVersions.Has "apps/v1/Deployment" }}'
      policies: '{{ .Capabilities.APIVersions.Has "policy/v1beta1" }}'
-- old/Chart.yaml --
apiVersion: v2
name: old
version: 1.0.0
kubeVersion: "<1.20"
-- future/Chart.yaml --
apiVersion: v2
name: future
version: 1.0.0
kubeVersion: ">=1.99.0-0"
