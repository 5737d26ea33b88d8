# Objects without what they need. (The same object twice is a race with Helm itself.)
do install REL CHARTS/raw --create-namespace -f nameless.yaml
do uninstall REL
do install REL CHARTS/raw -f kindless.yaml
do install REL CHARTS/raw -f generated.yaml
do install REL CHARTS/raw -f unknown-field.yaml
look list --failed
see
do uninstall REL
-- nameless.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, data: {a: one}}
-- kindless.yaml --
objects:
  - {apiVersion: v1, metadata: {name: one}}
-- generated.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {generateName: some-}}
-- unknown-field.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: odd}, dada: {a: one}}
