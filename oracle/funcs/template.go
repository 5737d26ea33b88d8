package main

import (
	"strings"
	"text/template"
	_ "unsafe" // for go:linkname

	_ "helm.sh/helm/v4/pkg/engine"
	"sigs.k8s.io/yaml"
)

// Helm's own map of functions, which its engine does not export.
//
//go:linkname helmFunctions helm.sh/helm/v4/pkg/engine.funcMap
func helmFunctions() template.FuncMap

// runTemplate executes a template, with the YAML of a second argument as its data.
func runTemplate(a []string) (string, error) {
	var data any
	if len(a) > 1 {
		if err := yaml.Unmarshal([]byte(a[1]), &data); err != nil {
			return "", err
		}
	}
	functions := helmFunctions()
	functions["getHostByName"] = func(string) string { return "" }
	t, err := template.New("t").Option("missingkey=zero").Funcs(functions).Parse(a[0])
	if err != nil {
		return "", err
	}
	var out strings.Builder
	err = t.Execute(&out, data)
	return out.String(), err
}
