# What is said to the user, or not.
do install REL CHART --create-namespace --hide-notes
look get notes REL
do upgrade REL CHART --hide-notes --set replicas=2
do upgrade REL CHART --description 'one two' --output yaml
look status REL
do rollback REL 1
look get notes REL
do uninstall REL
