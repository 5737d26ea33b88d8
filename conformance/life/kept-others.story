# Objects that have been given to somebody else are not deleted.
do install REL CHART --create-namespace --set extra={one,two,three}
kubectl label configmap REL-one app.kubernetes.io/managed-by=somebody --overwrite
kubectl annotate configmap REL-two meta.helm.sh/release-name=other --overwrite
kubectl annotate configmap REL-three meta.helm.sh/release-namespace-
new uninstall REL --dry-run
new uninstall REL
see
