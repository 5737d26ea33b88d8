# Records in memory are gone with the process.
env HELM_DRIVER=memory
only AB
look list
look history REL
look template REL CHART --hide-notes
