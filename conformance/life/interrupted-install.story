# A signal while an installation waits: it has failed, and is not pending.
interrupt TERM create deployment/REL install REL CHART --create-namespace --set broken=wait --wait --timeout 60s
look status REL
look list --all
see
do upgrade REL CHART --wait --timeout 60s
look history REL
see
do uninstall REL
see
