# Webhooks, and an API service whose server is not there.
serial
cluster hooked-
do install REL CHARTS/raw --create-namespace -f objects.yaml --wait --timeout 4s
look status REL
see
do upgrade REL CHARTS/raw -f objects.yaml --set objects[0].webhooks[0].failurePolicy=Ignore
see
do upgrade REL CHARTS/raw -f less.yaml --wait --timeout 20s
see
do uninstall REL --wait --timeout 30s
see
-- objects.yaml --
objects:
  - apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingWebhookConfiguration
    metadata: {name: hooked-validating}
    webhooks: [{name: a.hooked.example, failurePolicy: Fail, sideEffects: None, admissionReviewVersions: [v1], clientConfig: {url: "https://127.0.0.1:1/"}, rules: [{apiGroups: [hooked.example], apiVersions: [v1], operations: [CREATE], resources: [things]}]}]
  - {apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: {name: v1.hooked-api.example}, spec: {group: hooked-api.example, version: v1, groupPriorityMinimum: 100, versionPriority: 100, insecureSkipTLSVerify: true, service: {name: none, namespace: NAMESPACE}}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: plain}}
-- less.yaml --
objects:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: plain}}
