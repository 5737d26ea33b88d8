# Tests run, all or some.
do install REL CHART --create-namespace
do test REL
do test REL --filter name=REL-answer
do test REL --filter !name=REL-answer
look status REL
do upgrade REL CHART
do test REL
look get hooks REL
look test nobody
see
do rollback REL 1
do uninstall REL
see
