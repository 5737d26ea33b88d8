# Upgrades that may install, in each of their ways.
do upgrade --install REL CHART --namespace NAMESPACE
do upgrade --install REL CHART --create-namespace --output json --description first
do upgrade --install REL CHART --set broken=apply
do upgrade --install REL CHART --reuse-values --hide-notes
do upgrade -i bad CHART --set broken=apply
look list --all
do upgrade -i bad CHART --set replicas=0
do upgrade -i worse CHART --set broken=apply,extra={left} UNDO
look list --all
see
do upgrade -i Bad_Name CHART
do upgrade -i absent CHART --dry-run
do upgrade -i REL CHART --version 9
do upgrade -i REL ./nowhere
do uninstall REL
do uninstall bad
see
