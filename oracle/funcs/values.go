package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	"helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
	"helm.sh/helm/v4/pkg/strvals"
	"sigs.k8s.io/yaml"
)

// setValues applies an argument of a --set flag to values. An error does not hide what was set before it.
func setValues(a []string) (string, error) {
	values := map[string]any{}
	if err := json.Unmarshal([]byte(a[2]), &values); err != nil {
		return "", err
	}
	var err error
	switch a[0] {
	case "set":
		err = strvals.ParseInto(a[1], values)
	case "string":
		err = strvals.ParseIntoString(a[1], values)
	case "json":
		err = strvals.ParseJSON(a[1], values)
	case "literal":
		err = strvals.ParseLiteralInto(a[1], values)
	case "file":
		err = strvals.ParseIntoFile(a[1], values, func(name []rune) (any, error) {
			if string(name) == "1" {
				return nil, errors.New("open 1: no such file")
			}
			return "<" + string(name) + ">", nil
		})
	}
	text, _ := json.Marshal(values)
	if err != nil && a[0] == "json" {
		err = errors.New("refused") // nobody sees more: the caller has words of its own
	}
	if err != nil {
		return string(text) + "\n" + err.Error(), nil
	}
	return string(text) + "\n", nil
}

// checkSchema checks YAML values against a schema.
func checkSchema(a []string) (string, error) {
	values := map[string]any{}
	if err := yaml.Unmarshal([]byte(a[1]), &values); err != nil {
		return "", err
	}
	return "", util.ValidateAgainstSingleSchema(values, []byte(a[0]))
}

// mergeValues loads a chart from files, each after a line "//- NAME", and coalesces the user's values. It
// answers with the values, the tree of charts, what the chart's own values have become, and the log.
func mergeValues(a []string) (string, error) {
	chart, err := loader.LoadFiles(bufferedFiles(a[0]))
	if err != nil {
		return "", err
	}
	user := map[string]any{}
	if err := yaml.Unmarshal([]byte(a[1]), &user); err != nil {
		return "", err
	}
	var log bytes.Buffer
	noTime := func(_ []string, attr slog.Attr) slog.Attr {
		if attr.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return attr
	}
	former := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: noTime})))
	defer slog.SetDefault(former)
	if err := chartutil.ProcessDependencies(chart, user); err != nil {
		return "", err
	}
	values, err := util.CoalesceValues(chart, user)
	if err != nil {
		return "", err
	}
	coalesced, _ := json.Marshal(values)
	own, _ := json.Marshal(chart.Values)
	return strings.Join([]string{string(coalesced), tree(chart), string(own), log.String()}, "\n"), nil
}

// renderChart loads a chart from files and renders it with the user's values: each text under its path.
func renderChart(a []string) (string, error) {
	chart, err := loader.LoadFiles(bufferedFiles(a[0]))
	if err != nil {
		return "", err
	}
	user := map[string]any{}
	if err := yaml.Unmarshal([]byte(a[1]), &user); err != nil {
		return "", err
	}
	former := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	defer slog.SetDefault(former)
	if err := chartutil.ProcessDependencies(chart, user); err != nil {
		return "", err
	}
	release := common.ReleaseOptions{Name: "rel", Namespace: "ns", Revision: 1, IsInstall: true}
	values, err := util.ToRenderValues(chart, user, release, nil)
	if err != nil {
		return "", err
	}
	rendered, err := engine.Render(chart, values)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	for _, path := range slices.Sorted(maps.Keys(rendered)) {
		if !strings.HasSuffix(path, "NOTES.txt") {
			out.WriteString("=== " + path + "\n" + rendered[path])
		}
	}
	notes := rendered[chart.Name()+"/templates/NOTES.txt"]
	return out.String() + "=== notes\n" + notes, nil
}

func tree(chart *v2.Chart) string {
	names := []string{}
	for _, child := range chart.Dependencies() {
		names = append(names, tree(child))
	}
	slices.Sort(names)
	return chart.Name() + "(" + strings.Join(names, " ") + ")"
}

func bufferedFiles(text string) []*archive.BufferedFile {
	files := []*archive.BufferedFile{}
	for _, part := range strings.Split(text, "//- ")[1:] {
		name, data, _ := strings.Cut(part, "\n")
		files = append(files, &archive.BufferedFile{Name: name, Data: []byte(data)})
	}
	return files
}
