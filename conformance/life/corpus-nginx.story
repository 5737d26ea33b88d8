# A chart of the corpus with two sets of values.
do install REL CORPUS/bitnami--nginx --create-namespace --set service.type=ClusterIP,tls.enabled=false
do upgrade REL CORPUS/bitnami--nginx --set service.type=ClusterIP,tls.enabled=false,replicaCount=3,metrics.enabled=true,autoscaling.enabled=true,pdb.create=true,ingress.enabled=true
see
do rollback REL 1
see
do uninstall REL
