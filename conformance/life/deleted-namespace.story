# The namespace goes with everything.
do install REL CHART --create-namespace
kubectl delete namespace NAMESPACE
look status REL
look list
do uninstall REL
do install REL CHART
do upgrade REL CHART --install --create-namespace
see
do uninstall REL
