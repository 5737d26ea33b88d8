# Labels of releases.
do install REL CHART --create-namespace --labels team=a,stage=dev
do install other CHART --labels team=b
do upgrade REL CHART --labels stage=prod,more=1
do upgrade REL CHART --labels more=null
do upgrade REL CHART --labels name=x
do upgrade REL CHART --labels broken
look list --selector team=a
look list --selector 'team in (a,b),stage!=dev'
look list --selector 'status=deployed,version>2'
look list --selector team==
look get metadata REL --output json
do rollback REL 1
look list -l stage=dev
see
do uninstall REL other
