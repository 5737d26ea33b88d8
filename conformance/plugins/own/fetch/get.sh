#!/bin/sh
# The last argument is the address; what it names is beside the keys.
for url; do :; done
case $url in
*fail*) echo "no such thing" >&2; exit 3 ;;
*index.yaml) printf 'apiVersion: v1\nentries:\n  demo:\n  - name: demo\n    version: 0.1.0\n    urls: [demo-0.1.0.tgz]\n' ;;
*.tgz) cat "$HOME/demo-0.1.0.tgz" ;;
*) echo "asked: \"$1 $# $url $HELM_PLUGIN_NAME $HELM_PLUGIN_USERNAME\"" ;;
esac
