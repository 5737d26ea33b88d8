# Uninstallation in all its forms.
do uninstall REL
new uninstall REL --ignore-not-found
do install REL CHART --create-namespace
new uninstall REL --dry-run
do uninstall REL --keep-history --description 'gone for now' --no-hooks
look history REL
do uninstall REL --keep-history
do uninstall one two
do install one CHARTS/raw
do install two CHARTS/raw
do uninstall one missing two
look list
see
