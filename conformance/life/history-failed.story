# A short history in which revisions have failed.
do install REL CHART --create-namespace
do upgrade REL CHART --set broken=apply --history-max 3
do upgrade REL CHART --set broken=apply --history-max 3
look history REL
do upgrade REL CHART --set broken=apply --history-max 3
do upgrade REL CHART --set broken=apply --history-max 2
look history REL
do upgrade REL CHART --set replicas=2 --history-max 2
look history REL
do rollback REL 1 --history-max 2
do rollback REL --history-max 2
look history REL
do upgrade REL CHART --history-max 1
look history REL --output yaml
do rollback REL
do rollback REL 1
do upgrade REL CHART --set broken=hook --history-max 1
look history REL
do upgrade REL CHART --history-max -1
see
do uninstall REL
