# Logs of tests, all or some; pods of a simulated node have none.
do install REL CHART --create-namespace
do test REL --logs
do test REL --logs --filter name=REL-answer
new test REL --logs --filter name=REL-reach --hide-notes
do test REL --logs --filter name=nothing
do test REL --logs --timeout 1s --filter !name=REL-reach
look get hooks REL
see
do uninstall REL
