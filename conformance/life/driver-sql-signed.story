# The same, whatever its name is.
driver sql verify-ca&sslrootcert=CA
do install REL CHARTS/raw --create-namespace
do upgrade REL CHARTS/raw --description second
look list
psql SELECT key, status FROM releases_v1 ORDER BY key
do rollback REL 1
do uninstall REL
psql SELECT count(*) FROM releases_v1
