package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
)

// types numbers structures in the order in which they are met.
type types struct {
	numbers map[reflect.Type]int
	met     []reflect.Type
}

// printTypes prints a line per kind, `group/version kind number`, then a line per structure with its name, and
// below it a line per field: its name, what it holds (`{}` a map, `[]` a list of scalars, `N` a structure,
// `[]N` a list of structures), and how it is patched.
func printTypes(builtin *runtime.Scheme) {
	all := types{numbers: map[reflect.Type]int{}}
	var lines []string
	for kind, t := range builtin.AllKnownTypes() {
		if kind.Version == runtime.APIVersionInternal || !isObject(t) {
			continue
		}
		lines = append(lines, kind.GroupVersion().String()+" "+kind.Kind)
	}
	slices.Sort(lines)
	for _, line := range lines {
		version, kind, _ := strings.Cut(line, " ")
		for known, t := range builtin.AllKnownTypes() {
			if known.GroupVersion().String() == version && known.Kind == kind {
				fmt.Println(line, all.number(t))
			}
		}
	}
	for next := 0; next < len(all.met); next++ {
		fmt.Printf("\n%s\n", all.met[next].Name())
		all.printFields(all.met[next])
	}
}

// isObject tells objects that can be in a manifest from lists, options and events of watches.
func isObject(t reflect.Type) bool {
	_, meta := t.FieldByName("ObjectMeta")
	return meta
}

func (all *types) number(t reflect.Type) int {
	number, known := all.numbers[t]
	if !known {
		number = len(all.met)
		all.numbers[t] = number
		all.met = append(all.met, t)
	}
	return number
}

func (all *types) printFields(t reflect.Type) {
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		if field.Anonymous && (name == "" || strings.Contains(options, "inline")) {
			if field.Type.Kind() == reflect.Struct {
				all.printFields(field.Type)
			}
			continue
		}
		holds := all.holds(field.Type)
		if holds == "" || !field.IsExported() {
			continue
		}
		if name == "" {
			name = field.Name
		}
		words := []string{name, holds}
		if strategy := field.Tag.Get("patchStrategy"); strategy != "" {
			words = append(words, strategy)
			if key := field.Tag.Get("patchMergeKey"); key != "" {
				words = append(words, key)
			}
		}
		fmt.Println(" " + strings.Join(words, " "))
	}
}

// holds describes the type of a field; empty for scalars.
func (all *types) holds(t reflect.Type) string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Struct:
		return fmt.Sprint(all.number(t))
	case reflect.Map:
		return "{}"
	case reflect.Slice:
		element := t.Elem()
		if element.Kind() == reflect.Pointer {
			element = element.Elem()
		}
		switch element.Kind() {
		case reflect.Uint8:
			return ""
		case reflect.Struct:
			return fmt.Sprintf("[]%d", all.number(element))
		}
		return "[]"
	}
	return ""
}
