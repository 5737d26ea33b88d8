# Back to revisions that are no longer there.
do install REL CHART --create-namespace
do upgrade REL CHART --set replicas=2
do upgrade REL CHART --set replicas=3
kubectl delete secret sh.helm.release.v1.REL.v2
do rollback REL
do rollback REL 2
do rollback REL 9
do rollback REL 3
look get all REL --revision 2
look get values REL --revision 2
look get notes REL --revision 9
look status REL --revision 2
look history REL
kubectl delete secret sh.helm.release.v1.REL.v1
do rollback REL 1
do rollback REL 0
do rollback REL -1
do rollback REL one
do rollback REL 3 4
see
do uninstall REL
see
