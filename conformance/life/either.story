# Installed or upgraded, as it comes; and dry runs.
do upgrade REL CHART --install --create-namespace --dry-run=client
do upgrade REL CHART --install --create-namespace --wait
do upgrade REL CHART --install --set replicas=2
look upgrade REL CHART --dry-run=client --set replicas=3
look upgrade REL CHART --dry-run=server --set replicas=3 --output json
new rollback REL 1 --dry-run=client
do upgrade REL CHART --install --set broken=apply
do upgrade REL CHART --install
do upgrade second CHART --install --set broken=apply
do upgrade second CHART --install
look list
see
do uninstall REL second
