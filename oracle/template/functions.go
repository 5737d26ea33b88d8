package main

import (
	"errors"
	"fmt"
	"strings"
	"text/template"
)

// functions are what the templates of the tests may call; the tests have the same in Rust.
//
// depth counts the calls of include that are running, which Go itself sets no limit.
func functions(set *template.Template, options []string, depth *int) template.FuncMap {
	return template.FuncMap{
		"any":     func(v any) any { return v },
		"str":     func(v string) string { return v },
		"bool":    func(v bool) bool { return v },
		"int":     func(v int) int { return v },
		"int8":    func(v int8) int8 { return v },
		"int16":   func(v int16) int16 { return v },
		"int32":   func(v int32) int32 { return v },
		"int64":   func(v int64) int64 { return v },
		"uint":    func(v uint) uint { return v },
		"uint8":   func(v uint8) uint8 { return v },
		"uint16":  func(v uint16) uint16 { return v },
		"uint32":  func(v uint32) uint32 { return v },
		"uint64":  func(v uint64) uint64 { return v },
		"float64": func(v float64) float64 { return v },
		"list":    func(v ...any) []any { return v },
		"strs":    func(v ...string) []string { return v },
		"ints":    func(v ...int) []int { return v },
		"bytes":   func(v string) []byte { return []byte(v) },
		"dict":    dict,
		"smap":    smap,
		"mapOf":   func(v map[string]any) map[string]any { return v },
		"listOf":  func(v []any) []any { return v },
		"strsOf":  func(v []string) []string { return v },
		"intsOf":  func(v []int) []int { return v },
		"smapOf":  func(v map[string]string) map[string]string { return v },
		"bytesOf": func(v []byte) []byte { return v },
		"objOf":   func(v Obj) Obj { return v },
		"nothing": func() any { return nil },
		"one":     func() int { return 1 },
		"two":     func(a string, b int) string { return fmt.Sprint(a, "/", b) },
		"rest":    func(a string, b ...int) string { return fmt.Sprint(a, b) },
		"fail":    func(text string) (string, error) { return "", errors.New(text) },
		"boom":    func(text string) string { panic(text) },
		"obj":     func() Obj { return Obj{Name: "web", N: 3} },
		"ver":     func(v string) Ver { return Ver{v} },
		"files":   func() Files { return Files{"a.txt": "A", "b.txt": "B"} },
		"include": func(name string, data any) (string, error) { return include(set, depth, name, data) },
		"tpl":     func(text string, data any) (string, error) { return tpl(set, options, depth, text, data) },
	}
}

func dict(pairs ...any) (map[string]any, error) {
	out := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, errors.New("a key is no string")
		}
		out[key] = pairs[i+1]
	}
	return out, nil
}

func smap(pairs ...string) map[string]string {
	out := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		out[pairs[i]] = pairs[i+1]
	}
	return out
}

func include(set *template.Template, depth *int, name string, data any) (string, error) {
	if *depth == 10 {
		return "", errors.New("too deep")
	}
	*depth++
	defer func() { *depth-- }()
	var out strings.Builder
	err := set.ExecuteTemplate(&out, name, data)
	return out.String(), err
}

func tpl(set *template.Template, options []string, depth *int, text string, data any) (string, error) {
	inner, err := set.Clone()
	if err != nil {
		return "", err
	}
	inner.Option(options...)
	inner.Funcs(functions(inner, options, depth))
	inner, err = inner.New("set").Parse(text)
	if err != nil {
		return "", fmt.Errorf("cannot parse template %q: %w", text, err)
	}
	if *depth == 10 {
		return "", errors.New("too deep")
	}
	*depth++
	defer func() { *depth-- }()
	var out strings.Builder
	if err := inner.Execute(&out, data); err != nil {
		return "", fmt.Errorf("error in template %q: %w", text, err)
	}
	return out.String(), nil
}

// Obj has fields and methods.
type Obj struct {
	Name string
	N    int
}

func (o Obj) Get(key string) string { return o.Name + ":" + key }
func (o Obj) Sum(ns ...int) int {
	s := o.N
	for _, n := range ns {
		s += n
	}
	return s
}
func (o Obj) Has(key string) bool              { return key == o.Name }
func (o Obj) Fail(text string) (string, error) { return "", errors.New(text) }
func (o Obj) Any(v any) any                    { return v }

// Ver has a text of its own.
type Ver struct{ V string }

func (v Ver) String() string { return "v" + v.V }

// Files is a map with methods.
type Files map[string]string

func (f Files) Get(name string) string { return f[name] }
