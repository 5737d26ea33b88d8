# Tests that fail, in the order of their weights, and what is left of them.
do install REL CHARTS/raw --create-namespace -f tests.yaml
do test REL
see
look status REL
do test REL --logs
do test REL --filter name=good
do test REL --filter name=good,name=later
do test REL --filter '!name=bad'
do upgrade REL CHARTS/raw -f tests.yaml --set objects[1].metadata.annotations.oracle/outcome=
do test REL
look status REL -o yaml
see
do uninstall REL
see
-- tests.yaml --
objects:
  - apiVersion: v1
    kind: Pod
    metadata: {name: good, annotations: {helm.sh/hook: test, helm.sh/hook-weight: "-1", helm.sh/hook-delete-policy: "before-hook-creation,hook-succeeded"}}
    spec: {restartPolicy: Never, containers: [{name: good, image: "registry.example/t:1"}]}
  - apiVersion: v1
    kind: Pod
    metadata: {name: bad, annotations: {helm.sh/hook: test-success, helm.sh/hook-weight: "1", helm.sh/hook-delete-policy: "before-hook-creation,hook-failed", oracle/outcome: fail}}
    spec: {restartPolicy: Never, containers: [{name: bad, image: "registry.example/t:1"}]}
  - apiVersion: v1
    kind: Pod
    metadata: {name: later, annotations: {helm.sh/hook: test, helm.sh/hook-weight: "2"}}
    spec: {restartPolicy: Never, containers: [{name: later, image: "registry.example/t:1"}]}
