# Status in all its forms.
do install REL CHART --create-namespace --wait
look status REL
look status REL --revision 1
look status REL --revision 9
look status missing
do upgrade REL CHART --description 'with words'
look status REL --revision 1 --output yaml
look history REL --max 1
look history REL --output json
look history missing
do uninstall REL
