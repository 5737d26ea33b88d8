# Lists of releases in each status, in each order and form.
do install alpha CHARTS/raw --create-namespace --labels team=one
do install beta CHARTS/raw --labels team=two
do upgrade beta CHARTS/raw
do install gamma CHARTS/raw -f bad.yaml
do upgrade alpha CHARTS/raw -f bad.yaml
do install delta CHARTS/raw
do uninstall delta --keep-history
look list
look list --all
look list --deployed --failed
look list --failed
look list --superseded
look list --uninstalled
look list --pending
look list --uninstalling
look list --superseded --deployed --short
look list -q --date --reverse --all
look list --max 2 --all -q
look list --max 2 --offset 1 --all -q
look list --offset 9
look list --filter '^a|eta$' --all -q
look list --filter '('
look list --selector team=one
look list --selector team!=one --all
look list --selector 'status in (failed)' --all -q
look list -l 'team,version=1' --all -q
look list -l '=('
look list --no-headers --all
look list --output json --filter nothing
look list --output yaml --filter beta --time-format 2006
look list --time-format 2006 --all
do uninstall alpha beta gamma delta
look list --all
-- bad.yaml --
objects:
  - {apiVersion: v1, kind: Service, metadata: {name: bad}, spec: {ports: [{port: 70000}]}}
