# A name is used again, with its history kept or not.
do install REL CHART --create-namespace
do uninstall REL --keep-history
look status REL
do install REL CHART
do install REL CHART --replace --set replicas=2
look history REL
see
do uninstall REL --keep-history --description bye
do uninstall REL
do install REL CHART --set broken=apply
do install REL CHART --replace
see
do uninstall REL
see
