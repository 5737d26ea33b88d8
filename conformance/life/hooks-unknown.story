# Events that nobody knows, and hooks that come and go.
do install REL CHARTS/raw --create-namespace -f hooks.yaml
do upgrade REL CHARTS/raw
do upgrade REL CHARTS/raw -f hooks.yaml --no-hooks
look get hooks REL
see
do rollback REL 2
do uninstall REL
see
-- hooks.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: unknown, annotations: {helm.sh/hook: "some-day"}}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: known, annotations: {helm.sh/hook: "pre-install,post-upgrade"}}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: plain}}
