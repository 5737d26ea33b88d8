# Edits by hand, of what the chart owns and of what it does not.
do install REL CHART --create-namespace
kubectl patch configmap REL --type=merge -p {"data":{"kept":"by-hand","more":"by-hand"}}
kubectl annotate deployment REL example/by-hand=yes
do upgrade REL CHART --set data.kept=2
see
do upgrade REL CHART --set env.MODE=lively
see
do rollback REL 1
see
do uninstall REL
see
