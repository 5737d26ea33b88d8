# What would be.
new install REL CHART --dry-run=client --set extra={one}
kubectl create namespace NAMESPACE
new install REL CHART --dry-run=server --hide-secret --output yaml
do install REL CHART
new install REL CHART --dry-run=server
new upgrade REL CHART --dry-run=client --set replicas=2
new upgrade REL CHART --dry-run=server --set replicas=abc
new upgrade missing CHART --dry-run=server
new rollback REL 1 --dry-run=server
new uninstall REL --dry-run
new upgrade REL CHART --hide-secret
see
do uninstall REL
