# Values come, stay and go.
do install REL CHART --create-namespace --set replicas=2 --labels team=a,stage=dev
do upgrade REL CHART --set image=registry.example/change:2 --wait
do upgrade REL CHART
do upgrade REL CHART --reuse-values --set env.MODE=lively,data.dropped=null,data.new=3
do upgrade REL CHART --reset-then-reuse-values --set sidecars={helper,second}
look get values REL
look get values REL --all --output yaml
do upgrade REL CHART --reset-values --description again --labels stage=null,tier=web
do upgrade REL CHART --set scratch=configMap --history-max 3
look history REL
look list --selector tier=web
do upgrade REL CHART --set replicas=2 --output json --hide-notes
see
do uninstall REL
see
