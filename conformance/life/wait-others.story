# Waiting for kinds that become ready by nobody's hand here, or are ready at once.
do install REL CHARTS/raw --create-namespace -f ready.yaml --wait --timeout 20s
do upgrade REL CHARTS/raw -f ready.yaml -f claim.yaml --wait --timeout 4s
look status REL
do upgrade REL CHARTS/raw -f ready.yaml --wait --timeout 20s
see
do uninstall REL --wait --timeout 20s
see
-- ready.yaml --
objects:
  - {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: budget}, spec: {minAvailable: 0, selector: {matchLabels: {app: web}}}}
  - {apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web}, spec: {defaultBackend: {service: {name: web, port: {number: 80}}}}}
  - {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80}]}}
  - {apiVersion: v1, kind: Service, metadata: {name: outside}, spec: {type: ExternalName, externalName: example.com}}
  - {apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: role}, rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]}
  - {apiVersion: batch/v1, kind: CronJob, metadata: {name: cron}, spec: {schedule: "0 0 1 1 *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: "registry.example/c:1"}]}}}}}}
-- claim.yaml --
objects:
  - {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: claim}, spec: {storageClassName: nobody, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}
