# A chart of the corpus with two sets of values.
do install REL CORPUS/stefanprodan--podinfo --create-namespace --wait
do upgrade REL CORPUS/stefanprodan--podinfo --set replicaCount=2,ui.message=hello,redis.enabled=true,ingress.enabled=true,hpa.enabled=true --wait
look status REL
see
do rollback REL 1 --wait
see
do uninstall REL
see
