// Command controlplane is a whole Kubernetes control plane in one program: etcd, the API server, the
// controller manager, the scheduler and kubectl as subcommands; and `up`, `down` and `serve`, which run them together.
//
// It exists so that tests can hold Sternpost against the real thing on a machine that has nothing but Go.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	name, rest := os.Args[1], os.Args[2:]
	switch name {
	case "serve":
		exit(serve(rest))
	case "up":
		exit(up(rest))
	case "down":
		exit(down(rest))
	case "etcd":
		etcdmain.Main(append([]string{"etcd"}, rest...))
	case "kube-apiserver":
		run(apiserver.NewAPIServerCommand(), rest)
	case "kube-controller-manager":
		run(controllermanager.NewControllerManagerCommand(), rest)
	case "kube-scheduler":
		run(scheduler.NewSchedulerCommand(), rest)
	case "kubectl":
		os.Args = append([]string{"kubectl"}, rest...)
		util.CheckErr(cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()))
	default:
		usage()
	}
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "controlplane:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// run executes one component as its own main function would.
func run(command *cobra.Command, args []string) {
	command.SetArgs(args)
	os.Exit(cli.Run(command))
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: controlplane up|down|serve|etcd|kube-apiserver|kube-controller-manager|kube-scheduler|kubectl [ARG…]")
	os.Exit(2)
}
