# Back to revisions of every kind.
do install REL CHART --create-namespace
do upgrade REL CHART --set broken=apply
do rollback REL
do upgrade REL CHART --set replicas=2
do rollback REL 2
look history REL
see
do rollback REL 4 --wait --wait-for-jobs --no-hooks
do rollback REL 0
do rollback REL -- -1
see
do uninstall REL
