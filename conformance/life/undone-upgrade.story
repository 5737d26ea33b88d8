# An upgrade that fails is undone, also from a release that is not as it was.
do install REL CHART --create-namespace --set extra={one}
do upgrade REL CHART --set broken=wait,extra={two} --timeout 3s UNDO
look history REL
see
do upgrade REL CHART --set broken=apply
do upgrade REL CHART --set broken=apply,extra={three} UNDO
see
do upgrade REL CHART --set extra={four} UNDO
look history REL
see
do uninstall REL
