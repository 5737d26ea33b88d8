// Command patches answers what Kubernetes' own libraries say about client-side apply.
//
//	patches types   prints, for every built-in kind, which of its fields hold structures, lists and maps, and
//	                how lists are merged: the table that crates/apply/src/merge/types.txt holds
//	patches merge   reads cases, one JSON object a line, and prints the patch of each, or why there is none
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiextensionsv1beta1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1beta1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/kubernetes/scheme"
)

func main() {
	builtin := kinds()
	switch {
	case len(os.Args) == 2 && os.Args[1] == "types":
		printTypes(builtin)
	case len(os.Args) == 2 && os.Args[1] == "merge":
		answerAll(builtin)
	default:
		fmt.Fprintln(os.Stderr, "usage: patches types|merge")
		os.Exit(2)
	}
}

// kinds are those that Helm merges strategically: client-go's, and custom resource definitions.
func kinds() *runtime.Scheme {
	all := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		scheme.AddToScheme, apiextensionsv1.AddToScheme, apiextensionsv1beta1.AddToScheme,
	} {
		if err := add(all); err != nil {
			panic(err)
		}
	}
	return all
}

// merging is one case: a kind and its three states.
type merging struct {
	Group    string          `json:"group"`
	Version  string          `json:"version"`
	Kind     string          `json:"kind"`
	Original json.RawMessage `json:"original"`
	Modified json.RawMessage `json:"modified"`
	Current  json.RawMessage `json:"current"`
}

// answer is a patch, or an error.
type answer struct {
	Patch json.RawMessage `json:"patch,omitempty"`
	Error string          `json:"error,omitempty"`
}

func answerAll(builtin *runtime.Scheme) {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for lines.Scan() {
		var one merging
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			panic(err)
		}
		if err := out.Encode(merge(builtin, one)); err != nil {
			panic(err)
		}
	}
}

func merge(builtin *runtime.Scheme, one merging) answer {
	object, err := builtin.New(schema.GroupVersionKind{Group: one.Group, Version: one.Version, Kind: one.Kind})
	if err != nil {
		return answer{Error: err.Error()}
	}
	meta, err := strategicpatch.NewPatchMetaFromStruct(object)
	if err != nil {
		return answer{Error: err.Error()}
	}
	patch, err := strategicpatch.CreateThreeWayMergePatch(one.Original, one.Modified, one.Current, meta, true)
	if err != nil {
		return answer{Error: err.Error()}
	}
	return answer{Patch: patch}
}
