# Hooks of kinds beyond Jobs and Pods, several documents in a file, several events.
do install REL chart --create-namespace
look get hooks REL
see
do upgrade REL chart
see
do rollback REL 1
do uninstall REL
see
-- chart/Chart.yaml --
{apiVersion: v2, name: kinds, version: 1.0.0}
-- chart/templates/hooks.yaml --
apiVersion: v1
kind: ServiceAccount
metadata: {name: first, annotations: {helm.sh/hook: "pre-install, pre-upgrade", helm.sh/hook-weight: "-5", helm.sh/hook-delete-policy: "before-hook-creation, hook-succeeded"}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: second, annotations: {helm.sh/hook: "pre-install,post-rollback", helm.sh/hook-weight: "-5"}}
spec: {replicas: 0, selector: {matchLabels: {app: s}}, template: {metadata: {labels: {app: s}}, spec: {containers: [{name: s, image: "registry.example/s:1"}]}}}
---
apiVersion: v1
kind: List
metadata: {name: listed, annotations: {helm.sh/hook: post-install}}
items:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: inner-one}}
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: inner-two}}
---
apiVersion: v1
kind: Secret
metadata: {name: weighty, annotations: {helm.sh/hook: pre-install, helm.sh/hook-weight: heavy}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: ended, annotations: {helm.sh/hook: "post-delete,pre-delete", helm.sh/hook-delete-policy: "hook-succeeded"}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: plain}
