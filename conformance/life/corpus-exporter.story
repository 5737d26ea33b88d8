# A chart of the corpus with two sets of values.
do install REL CORPUS/prometheus-community--prometheus-blackbox-exporter --create-namespace
do upgrade REL CORPUS/prometheus-community--prometheus-blackbox-exporter --set replicas=2,ingress.enabled=true,podDisruptionBudget.maxUnavailable=1,networkPolicy.enabled=true,secretConfig=true
see
do rollback REL 1
do uninstall REL
see
