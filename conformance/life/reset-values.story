# What becomes of the values of the revision before, in each way, with a chart whose defaults change.
do install REL one --create-namespace --set given=first,map.b=2
do upgrade REL two
look get values REL
look get values REL --all
do upgrade REL two --set more=1
look get values REL
do upgrade REL two --reuse-values --set more=2
look get values REL --all --output json
new upgrade REL two --reset-then-reuse-values --set map.c=3
look get values REL --all --output yaml
do upgrade REL two --reset-values --set only=this
look get values REL --revision 3
look get values REL
new upgrade REL two --reset-then-reuse-values --reuse-values
new upgrade REL two --reset-then-reuse-values --reset-values --set x=null
look get values REL --all
do upgrade REL two --set map=null
look get values REL --all
do rollback REL 2
look get values REL --all
see
do uninstall REL
-- one/Chart.yaml --
{apiVersion: v2, name: defaults, version: 1.0.0}
-- one/values.yaml --
given: default
map: {a: 1}
old: yes
-- one/templates/it.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: it}
data: {values: {{ toJson .Values | quote }}}
-- two/Chart.yaml --
{apiVersion: v2, name: defaults, version: 2.0.0}
-- two/values.yaml --
given: changed
map: {a: 10, d: 4}
new: yes
-- two/templates/it.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: it}
data: {values: {{ toJson .Values | quote }}}
