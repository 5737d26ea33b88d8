# A signal while an upgrade waits.
do install REL CHART --create-namespace
interrupt INT jsonpath={.spec.template.spec.nodeSelector.nowhere}=true deployment/REL upgrade REL CHART --set broken=wait,extra={left} --wait --timeout 60s
look history REL
see
do upgrade REL CHART --set extra={left}
do rollback REL 1
look history REL
see
do uninstall REL
see
