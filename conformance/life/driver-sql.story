# Records in a database.
driver sql
do install REL CHART --create-namespace --labels team=a,stage=dev
do upgrade REL CHART --set replicas=2 --labels stage=null
do upgrade REL CHART --set broken=apply
do rollback REL 1
look list --selector team=a
look list --all-namespaces
look history REL
look get metadata REL
psql SELECT key, type, name, namespace, version, status, owner, createdAt > 0, modifiedAt > 0 FROM releases_v1 ORDER BY key
psql SELECT * FROM custom_labels_v1 ORDER BY 1, 2, 3
psql SELECT id FROM gorp_migrations ORDER BY id
do upgrade REL CHART --set replicas=1 --history-max 2
do install REL CHART
see
do uninstall REL --keep-history
look list --uninstalled --output json
look status REL
do uninstall REL
psql SELECT count(*) FROM releases_v1
psql SELECT count(*) FROM custom_labels_v1
see
