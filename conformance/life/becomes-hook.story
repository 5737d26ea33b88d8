# An object becomes a hook, and a hook an object.
do install REL CHARTS/raw --create-namespace -f objects.yaml
do upgrade REL CHARTS/raw -f swapped.yaml
see
do upgrade REL CHARTS/raw -f objects.yaml
see
do rollback REL 2
see
do uninstall REL
see
-- objects.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: one}, data: {is: object}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: two, annotations: {helm.sh/hook: "pre-install,post-upgrade"}}, data: {is: hook}}
-- swapped.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: one, annotations: {helm.sh/hook: "pre-upgrade"}}, data: {is: hook}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: two}, data: {is: object}}
