# Objects that somebody has deleted come back.
do install REL CHART --create-namespace --set extra={one,two}
kubectl delete deployment,service,configmap REL
do upgrade REL CHART --set extra={one,two}
see
kubectl delete configmap REL-one REL-two
do upgrade REL CHART
see
kubectl delete deployment REL
do rollback REL 1
see
kubectl delete service REL
do uninstall REL
see
