# No more revisions than are asked for.
do install REL CHART --create-namespace
do upgrade REL CHART --set replicas=2 --history-max 2
do upgrade REL CHART --set broken=apply --history-max 2
do upgrade REL CHART --set broken=apply --history-max 2
look history REL
see
do upgrade REL CHART --set replicas=3 --history-max 1
look history REL
do rollback REL --history-max 2
do upgrade REL CHART --history-max 3
do rollback REL 6 --history-max 3
look history REL --max 2 --output yaml
see
do uninstall REL
