# What is read of a release, by templates and of revisions.
do install REL CHART --create-namespace --set replicas=2 --labels team=one
do upgrade REL CHART --description second
look get all REL --template '{{ .Release.Name }} {{ .Release.Info.Status }} {{ len .Release.Hooks }}'
look get all REL --revision 1 --template '{{ .Release.Version }} {{ .Release.Config | toJson }}'
look get all REL --template '{{ .Release.Nothing }}'
look get all REL --template '{{ nope }}'
look get all REL --template '{{ range .Release.Hooks }}{{ .Name }} {{ .Events }} {{ end }}'
look get metadata REL
look get metadata REL --revision 1 --output json
look get metadata REL --output yaml
look get values REL --revision 1 --output json
look get values REL --all --revision 1
look get manifest REL --revision 1
look get hooks REL --revision 2
look get notes REL --revision 1
look get notes missing
look get manifest REL --revision x
look get values REL --output table
look get values REL --output none
look get metadata
look history REL --output table --max 1
do uninstall REL
