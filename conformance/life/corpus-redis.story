# A chart of the corpus with two sets of values.
do install REL CORPUS/bitnami--redis --create-namespace --set auth.password=known,architecture=standalone
do upgrade REL CORPUS/bitnami--redis --set auth.password=known,architecture=standalone,metrics.enabled=true,networkPolicy.enabled=false,master.persistence.enabled=false
do upgrade REL CORPUS/bitnami--redis --set auth.password=known,architecture=standalone,metrics.enabled=true,networkPolicy.enabled=false
look history REL
see
do rollback REL 1
do uninstall REL
see
