# An object moves to another version of its kind, and to another namespace.
serial
do install REL CHARTS/raw --create-namespace -f one.yaml
do upgrade REL CHARTS/raw -f two.yaml
see
do upgrade REL CHARTS/raw -f moved.yaml
see
kubectl create namespace NAMESPACE-other
do upgrade REL CHARTS/raw -f moved.yaml
kubectl get configmap here --namespace NAMESPACE-other --output name
see
do rollback REL 1
kubectl get configmap --namespace NAMESPACE-other --output name
see
do uninstall REL
kubectl delete namespace NAMESPACE-other
-- one.yaml --
objects:
  - {apiVersion: autoscaling/v1, kind: HorizontalPodAutoscaler, metadata: {name: web}, spec: {minReplicas: 1, maxReplicas: 2, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: here}}
-- two.yaml --
objects:
  - {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: web}, spec: {minReplicas: 1, maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: here}}
-- moved.yaml --
objects:
  - {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: web}, spec: {minReplicas: 1, maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: here, namespace: NAMESPACE-other}}
