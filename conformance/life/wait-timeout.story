# Pods that never run, waited for in vain.
do install REL CHART --create-namespace --set broken=wait --wait --timeout 3s
look status REL
look history REL
do upgrade REL CHART --wait --timeout 1m
do upgrade REL CHART --set broken=wait --wait --timeout 3s
do rollback REL 2 --wait --timeout 20s
see
do uninstall REL --wait
see
