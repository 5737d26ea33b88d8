# Jobs that are waited for, which end well or badly.
do install REL CHARTS/raw --create-namespace -f job.yaml --wait --wait-for-jobs --timeout 30s
new install bad CHARTS/raw -f bad.yaml --wait --wait-for-jobs --timeout 30s
new install lax CHARTS/raw -f lax.yaml --wait --timeout 30s
new install legacy CHARTS/raw -f legacy.yaml --wait=legacy --wait-for-jobs --timeout 20s
new upgrade REL CHARTS/raw -f job.yaml --wait-for-jobs
look list --all
do uninstall REL --wait --timeout 20s
see
-- job.yaml --
objects:
  - {apiVersion: batch/v1, kind: Job, metadata: {name: good}, spec: {template: {spec: {restartPolicy: Never, containers: [{name: j, image: "registry.example/j:1"}]}}}}
-- bad.yaml --
objects:
  - {apiVersion: batch/v1, kind: Job, metadata: {name: bad}, spec: {backoffLimit: 0, template: {metadata: {annotations: {oracle/outcome: fail}}, spec: {restartPolicy: Never, containers: [{name: j, image: "registry.example/j:1"}]}}}}
-- lax.yaml --
objects:
  - {apiVersion: batch/v1, kind: Job, metadata: {name: lax}, spec: {backoffLimit: 0, template: {metadata: {annotations: {oracle/outcome: fail}}, spec: {restartPolicy: Never, containers: [{name: j, image: "registry.example/j:1"}]}}}}
-- legacy.yaml --
objects:
  - {apiVersion: batch/v1, kind: Job, metadata: {name: legacy}, spec: {backoffLimit: 0, template: {metadata: {annotations: {oracle/outcome: fail}}, spec: {restartPolicy: Never, containers: [{name: j, image: "registry.example/j:1"}]}}}}
