// Command kyaml answers how kyaml reads, annotates and writes streams of Kubernetes objects, for the
// tests of crate kyaml: the way of manifests to a post-renderer and back.
//
// It reads requests from standard input and writes answers to standard output, each with its length
// (four bytes, big-endian) before it. The first byte of a request says what is asked, the first byte
// of an answer whether it is a result (0), an error (1) or a panic (2).
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// The annotation by which Helm knows documents again.
const annotation = "postrenderer.helm.sh/postrender-filename"

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	for {
		var size uint32
		if binary.Read(in, binary.BigEndian, &size) != nil {
			return
		}
		request := make([]byte, size)
		if _, err := io.ReadFull(in, request); err != nil {
			return
		}
		kind, answer := guarded(request[0], string(request[1:]))
		binary.Write(out, binary.BigEndian, uint32(len(answer)+1))
		out.WriteByte(kind)
		out.WriteString(answer)
		if in.Buffered() == 0 {
			out.Flush()
		}
	}
}

func guarded(op byte, text string) (kind byte, answer string) {
	defer func() {
		if r := recover(); r != nil {
			kind, answer = 2, fmt.Sprint(r)
		}
	}()
	var err error
	switch op {
	case 'a':
		answer, err = annotated(text)
	case 's':
		answer, err = split(text)
	default:
		err = fmt.Errorf("unknown request %q", op)
	}
	if err != nil {
		return 1, err.Error()
	}
	return 0, answer
}

// annotated reads a stream and writes it with an annotation on each document.
func annotated(text string) (string, error) {
	documents, err := kio.ParseAll(text)
	if err != nil {
		return "", fmt.Errorf("reading: %w", err)
	}
	for _, document := range documents {
		if err := document.PipeE(yaml.SetAnnotation(annotation, "chart/templates/a.yaml")); err != nil {
			return "", fmt.Errorf("annotating: %w", err)
		}
	}
	return kio.StringAll(documents)
}

// split reads a stream and writes what has the same annotation together, without it.
func split(text string) (string, error) {
	documents, err := kio.ParseAll(text)
	if err != nil {
		return "", fmt.Errorf("reading: %w", err)
	}
	files := map[string][]*yaml.RNode{}
	for _, document := range documents {
		meta, err := document.GetMeta()
		if err != nil {
			return "", fmt.Errorf("asking: %w", err)
		}
		name := meta.Annotations[annotation]
		if err := document.PipeE(yaml.ClearAnnotation(annotation)); err != nil {
			return "", fmt.Errorf("clearing: %w", err)
		}
		files[name] = append(files[name], document)
	}
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		text, err := kio.StringAll(files[name])
		if err != nil {
			return "", fmt.Errorf("writing: %w", err)
		}
		fmt.Fprintf(&out, "=== %q\n%s", name, text)
	}
	return out.String(), nil
}
