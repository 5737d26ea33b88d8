# All that can be got of a release.
do install REL CHART --create-namespace --set replicas=2 --labels a=b
do upgrade REL CHART --set extra={one}
look get all REL
look get all REL --revision 1 --template {{.Release.Name}}:{{.Release.Info.Description}}
look get hooks REL --revision 1
look get manifest REL --revision 7
look get metadata REL --output yaml
look get notes REL
look get values REL --revision 1 --output json
look get values REL --all
look get values missing
do uninstall REL
