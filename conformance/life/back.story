# Ways back, and a name that is used again.
do install REL CHART --create-namespace --set extra={one}
look rollback REL
do upgrade REL CHART --set extra={two} --set env.MODE=lively
do upgrade REL CHART --set sidecars={}
do rollback REL
do rollback REL 1 --wait --timeout 1m
look rollback REL 99
look rollback REL x
look status REL
look get metadata REL
do rollback REL 3 --no-hooks --history-max 4
look history REL --show-rollback-revision
see
do uninstall REL --keep-history
look upgrade REL CHART
do rollback REL 3
do uninstall REL --keep-history
do upgrade REL CHART --install --wait
see
do uninstall REL
