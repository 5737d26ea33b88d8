# A release whose history was kept comes back in each way.
do install REL CHART --create-namespace
do upgrade REL CHART --set replicas=2
do uninstall REL --keep-history
look status REL
look list
look list --uninstalled
look get values REL
do uninstall REL --keep-history
do upgrade REL CHART
do install REL CHART
do upgrade --install REL CHART --set replicas=3
look history REL
see
do uninstall REL --keep-history --description 'gone for now'
do rollback REL 1
look history REL
see
do uninstall REL --keep-history
new install REL CHART --replace
look history REL
do uninstall REL --keep-history
do rollback REL
do uninstall REL
look history REL
see
