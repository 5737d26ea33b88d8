# Objects that were there before.
do install REL CHART --create-namespace
kubectl create configmap REL-found --from-literal=theirs=1
do upgrade REL CHART --set extra={found}
new upgrade REL CHART --set extra={found} --take-ownership --force-conflicts --server-side=true
do upgrade REL CHART --set extra={found},env.MODE=lively
kubectl create configmap REL-more --from-literal=theirs=1
new upgrade REL CHART --set extra={more} --take-ownership --server-side=false
kubectl create configmap other-late --from-literal=theirs=1
see
look install other CHART --set extra={late}
new install other CHART --set extra={late} --take-ownership --server-side=false
see
new uninstall other
new uninstall REL
see
