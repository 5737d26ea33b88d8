# Lists with every filter.
do install one CHARTS/raw --create-namespace
do install two CHART --set broken=apply
do install three CHARTS/raw
do uninstall three --keep-history
do upgrade one CHARTS/raw
look list
look list --all
look list --deployed
look list --failed --output json
look list --uninstalled --short
look list --superseded
look list --pending
look list --filter '^t' --output yaml
look list --filter '['
look list --max 1
look list --offset 1 --reverse
look list --no-headers --time-format 2006
look list --output xml
do uninstall one two three
