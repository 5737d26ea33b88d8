# Records in ConfigMaps.
env HELM_DRIVER=configmap
do install REL CHART --create-namespace --labels team=a
do upgrade REL CHART --set replicas=2
do upgrade REL CHART --set broken=apply
do rollback REL 1
look list --selector team=a
look history REL
look get values REL --revision 2
see
do uninstall REL --keep-history
look list --uninstalled
do upgrade REL CHART --install --history-max 2
see
do uninstall REL
see
