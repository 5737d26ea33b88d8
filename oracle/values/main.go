// Command values answers how Helm's Go libraries read and write values, for the differential tests
// of crate goval.
//
// It reads requests from standard input and writes answers to standard output, each with its
// length (four bytes, big-endian) before it. The first byte of a request says what is asked, the
// first byte of an answer whether it is a result (0), an error (1) or a panic (2).
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"
)

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
		kind, answer := guarded(request[0], request[1:])
		binary.Write(out, binary.BigEndian, uint32(len(answer)+1))
		out.WriteByte(kind)
		out.Write(answer)
		if in.Buffered() == 0 {
			out.Flush()
		}
	}
}

func guarded(op byte, text []byte) (kind byte, answer []byte) {
	defer func() {
		if r := recover(); r != nil {
			kind, answer = 2, []byte(fmt.Sprint(r))
		}
	}()
	answer, err := serve(op, text)
	if err != nil {
		return 1, []byte(err.Error())
	}
	return 0, answer
}

func serve(op byte, text []byte) ([]byte, error) {
	switch op {
	case 'y': // sigs.k8s.io/yaml into an any
		var v any
		err := yaml.Unmarshal(text, &v)
		return dump(v), err
	case 'm': // … into a map
		var v map[string]any
		err := yaml.Unmarshal(text, &v)
		return dump(v), err
	case 's': // … refusing equal keys
		var v any
		err := yaml.UnmarshalStrict(text, &v)
		return dump(v), err
	case 'c': // … into a struct
		var v metadata
		err := yaml.Unmarshal(text, &v)
		return dump(v.plain()), err
	case 'C': // … into a struct, refusing unknown keys
		var v metadata
		err := yaml.UnmarshalStrict(text, &v)
		return dump(v.plain()), err
	case 'w': // read, then written both ways
		var v any
		if err := yaml.Unmarshal(text, &v); err != nil {
			return nil, err
		}
		usual, err := yaml.Marshal(v)
		if err != nil {
			return nil, err
		}
		beautiful, err := pretty(v)
		return bytes.Join([][]byte{dump(v), usual, beautiful}, []byte("\n")), err
	case 'Y':
		return yaml.Marshal(undump(text))
	case 'P':
		return pretty(undump(text))
	case 'j':
		var v any
		err := json.Unmarshal(text, &v)
		return dump(v), err
	case 'J':
		return json.Marshal(undump(text))
	case 'I':
		return json.MarshalIndent(undump(text), "", "  ")
	case 'R':
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		err := e.Encode(undump(text))
		return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
	case 't':
		v := map[string]any{}
		err := toml.Unmarshal(text, &v)
		return dump(v), err
	case 'T':
		var b bytes.Buffer
		err := toml.NewEncoder(&b).Encode(undump(text))
		return b.Bytes(), err
	case 'f': // format, precision, bits, number
		var format string
		var precision, bits int
		var x float64
		if _, err := fmt.Sscan(string(text), &format, &precision, &bits, &x); err != nil {
			return nil, err
		}
		return []byte(strconv.FormatFloat(x, format[0], precision, bits)), nil
	case 'q':
		s := string(text)
		return []byte(strings.Join([]string{strconv.Quote(s), strconv.QuoteToASCII(s), strconv.QuoteToGraphic(s)}, "\n")), nil
	case 'd':
		x, err := strconv.ParseFloat(string(text), 64)
		return dump(x), err
	case 'i':
		n, err := strconv.ParseInt(string(text), 0, 64)
		return dump(n), err
	}
	return nil, fmt.Errorf("unknown request %q", op)
}

// pretty writes YAML as toYamlPretty does.
func pretty(v any) ([]byte, error) {
	var b bytes.Buffer
	e := yamlv3.NewEncoder(&b)
	e.SetIndent(2)
	err := e.Encode(v)
	return b.Bytes(), err
}
