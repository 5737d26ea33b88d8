package main

import (
	"context"
	"fmt"

	core "k8s.io/api/core/v1"
	rbac "k8s.io/api/rbac/v1"
	storage "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// volumeClass is the storage class that the KWOK stages provision.
const volumeClass = "kwok-volume"

func connect(kubeconfig string) (*kubernetes.Clientset, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	config.QPS = -1 // a test waits for us
	return kubernetes.NewForConfig(config)
}

func serverReady(ctx context.Context, kube *kubernetes.Clientset) bool {
	_, err := kube.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx)
	return err == nil
}

// furnish makes what a cluster has on its first day: nodes, a storage class, a team with its rights. It
// returns when nodes are ready and pods can be made.
func furnish(ctx context.Context, kube *kubernetes.Clientset, nodes int) error {
	for i := range nodes {
		if err := createNode(ctx, kube, fmt.Sprintf("node-%d", i)); err != nil {
			return err
		}
	}
	if err := createVolumeClass(ctx, kube); err != nil {
		return err
	}
	if err := grantRights(ctx, kube); err != nil {
		return err
	}
	if err := waitFor(ctx, "simulated nodes", func() bool { return nodesReady(ctx, kube, nodes) }); err != nil {
		return err
	}
	return waitFor(ctx, "service accounts", func() bool {
		return hasAccount(ctx, kube, meta.NamespaceDefault) && hasAccount(ctx, kube, teamNamespace)
	})
}

func createNode(ctx context.Context, kube *kubernetes.Clientset, name string) error {
	room := core.ResourceList{
		core.ResourceCPU:    resource.MustParse("64"),
		core.ResourceMemory: resource.MustParse("256Gi"),
		core.ResourcePods:   resource.MustParse("1000"),
	}
	node := &core.Node{
		ObjectMeta: meta.ObjectMeta{
			Name: name,
			Labels: map[string]string{
				core.LabelHostname:   name,
				core.LabelOSStable:   "linux",
				core.LabelArchStable: "amd64",
			},
		},
		Status: core.NodeStatus{Allocatable: room, Capacity: room},
	}
	_, err := kube.CoreV1().Nodes().Create(ctx, node, meta.CreateOptions{})
	return ignoreExists(err)
}

func createVolumeClass(ctx context.Context, kube *kubernetes.Clientset) error {
	class := &storage.StorageClass{
		ObjectMeta: meta.ObjectMeta{
			Name:        volumeClass,
			Annotations: map[string]string{"storageclass.kubernetes.io/is-default-class": "true"},
		},
		Provisioner: "kwok.x-k8s.io/volume",
	}
	_, err := kube.StorageV1().StorageClasses().Create(ctx, class, meta.CreateOptions{})
	return ignoreExists(err)
}

// grantRights gives the users of makeUsers what they are said to have.
func grantRights(ctx context.Context, kube *kubernetes.Clientset) error {
	team := &core.Namespace{ObjectMeta: meta.ObjectMeta{Name: teamNamespace}}
	_, err := kube.CoreV1().Namespaces().Create(ctx, team, meta.CreateOptions{})
	if err := ignoreExists(err); err != nil {
		return err
	}
	edit := &rbac.RoleBinding{
		ObjectMeta: meta.ObjectMeta{Name: "editor"},
		RoleRef:    rbac.RoleRef{APIGroup: rbac.GroupName, Kind: "ClusterRole", Name: "edit"},
		Subjects:   subject("editor"),
	}
	_, err = kube.RbacV1().RoleBindings(teamNamespace).Create(ctx, edit, meta.CreateOptions{})
	if err := ignoreExists(err); err != nil {
		return err
	}
	read := &rbac.ClusterRole{
		ObjectMeta: meta.ObjectMeta{Name: "read-everything"},
		Rules: []rbac.PolicyRule{{
			APIGroups: []string{rbac.APIGroupAll}, Resources: []string{rbac.ResourceAll}, Verbs: []string{"get", "list", "watch"},
		}},
	}
	_, err = kube.RbacV1().ClusterRoles().Create(ctx, read, meta.CreateOptions{})
	if err := ignoreExists(err); err != nil {
		return err
	}
	view := &rbac.ClusterRoleBinding{
		ObjectMeta: meta.ObjectMeta{Name: "viewer"},
		RoleRef:    rbac.RoleRef{APIGroup: rbac.GroupName, Kind: "ClusterRole", Name: read.Name},
		Subjects:   subject("viewer"),
	}
	_, err = kube.RbacV1().ClusterRoleBindings().Create(ctx, view, meta.CreateOptions{})
	return ignoreExists(err)
}

func subject(name string) []rbac.Subject {
	return []rbac.Subject{{APIGroup: rbac.GroupName, Kind: rbac.UserKind, Name: name}}
}

func nodesReady(ctx context.Context, kube *kubernetes.Clientset, wanted int) bool {
	nodes, err := kube.CoreV1().Nodes().List(ctx, meta.ListOptions{})
	if err != nil {
		return false
	}
	ready := 0
	for _, node := range nodes.Items {
		for _, c := range node.Status.Conditions {
			if c.Type == core.NodeReady && c.Status == core.ConditionTrue {
				ready++
			}
		}
	}
	return ready >= wanted
}

func hasAccount(ctx context.Context, kube *kubernetes.Clientset, namespace string) bool {
	_, err := kube.CoreV1().ServiceAccounts(namespace).Get(ctx, "default", meta.GetOptions{})
	return err == nil
}

func ignoreExists(err error) error {
	if errors.IsAlreadyExists(err) {
		return nil
	}
	return err
}
