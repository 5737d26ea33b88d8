# Databases that are not there.
only AB
env HELM_DRIVER=sql
env HELM_DRIVER_SQL_CONNECTION_STRING=postgres://helm@127.0.0.1:1/none?sslmode=disable
look list
look install REL CHART
