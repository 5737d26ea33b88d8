# A chart of the corpus with two sets of values, upgraded by whoever it is.
do upgrade REL CORPUS/prometheus-community--prometheus-pushgateway --install --create-namespace
do upgrade REL CORPUS/prometheus-community--prometheus-pushgateway --install --set replicaCount=2,persistentVolume.enabled=true,ingress.enabled=true,runAsStatefulSet=true
see
do upgrade REL CORPUS/prometheus-community--prometheus-pushgateway --install --reset-values
see
do uninstall REL
see
