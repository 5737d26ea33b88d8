# A post-renderer of the new kind around the life of a release.
only ABC
env HELM_PLUGINS=plugins
do install REL CHART --create-namespace --post-renderer relabel
see
do upgrade REL CHART --set replicas=2 --post-renderer relabel --post-renderer-args blue
look get manifest REL
look get hooks REL
do upgrade REL CHART --set replicas=2 --post-renderer relabel --post-renderer-args fail
do upgrade REL CHART --set replicas=2 --post-renderer relabel --post-renderer-args nothing
do upgrade REL CHART --set replicas=2 --post-renderer missing
do upgrade REL CHART --set replicas=3 --post-renderer relabel --dry-run=server
look history REL
see
do rollback REL 1
see
do uninstall REL
see
-- plugins/relabel/plugin.yaml --
apiVersion: v1
type: postrenderer/v1
name: relabel
version: 1.0.0
runtime: subprocess
runtimeConfig:
  platformCommand:
    - command: sh
      args: ["-c", "exec sh $HELM_PLUGIN_DIR/relabel.sh \"$@\"", "sh"]
-- plugins/relabel/relabel.sh --
case "${1:-red}" in
fail) echo 'no colour' >&2; exit 3 ;;
nothing) exit 0 ;;
esac
sed "s/MODE, value: \"*calm\"*/MODE, value: ${1:-red}/; s/^  name: \(.*\)-both/  name: \1-${1:-red}/; s/value: calm/value: ${1:-red}/"
