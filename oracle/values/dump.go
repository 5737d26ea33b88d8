package main

import (
	"bytes"
	"fmt"
	"math"
	"sort"
	"strconv"
	"time"
)

// dump writes a value with its Go types, so that nothing is equal by accident: n, t and f, i and d
// with a number (the bits of a float), s and b with a length, l and m with a count, T with a time.
func dump(v any) []byte {
	var b bytes.Buffer
	write(&b, v)
	return b.Bytes()
}

func write(b *bytes.Buffer, v any) {
	switch v := v.(type) {
	case nil:
		b.WriteByte('n')
	case bool:
		if v {
			b.WriteByte('t')
		} else {
			b.WriteByte('f')
		}
	case int:
		fmt.Fprintf(b, "i%d;", v)
	case int64:
		fmt.Fprintf(b, "i%d;", v)
	case uint64:
		fmt.Fprintf(b, "u%d;", v)
	case float64:
		if math.IsNaN(v) {
			b.WriteString("dNaN;")
			return
		}
		fmt.Fprintf(b, "d%x;", math.Float64bits(v))
	case string:
		fmt.Fprintf(b, "s%d;%s", len(v), v)
	case []byte:
		fmt.Fprintf(b, "b%d;%s", len(v), v)
	case []any:
		fmt.Fprintf(b, "l%d;", len(v))
		for _, item := range v {
			write(b, item)
		}
	case []map[string]any:
		fmt.Fprintf(b, "l%d;", len(v))
		for _, item := range v {
			write(b, item)
		}
	case map[string]any:
		fmt.Fprintf(b, "m%d;", len(v))
		keys := make([]string, 0, len(v))
		for key := range v {
			keys = append(keys, key)
		}
		sort.Strings(keys)
		for _, key := range keys {
			write(b, key)
			write(b, v[key])
		}
	case time.Time:
		fmt.Fprintf(b, "T%s|%s;", v.Format(time.RFC3339Nano), v)
	default:
		panic(fmt.Sprintf("cannot dump %T", v))
	}
}

// undump reads what dump writes, but for times.
func undump(text []byte) any {
	r := reader{text}
	return r.value()
}

type reader struct{ rest []byte }

func (r *reader) value() any {
	kind := r.rest[0]
	r.rest = r.rest[1:]
	switch kind {
	case 'n':
		return nil
	case 't':
		return true
	case 'f':
		return false
	case 'i':
		n, _ := strconv.ParseInt(r.field(), 10, 64)
		return n
	case 'u':
		n, _ := strconv.ParseUint(r.field(), 10, 64)
		return n
	case 'd':
		field := r.field()
		if field == "NaN" {
			return math.NaN()
		}
		n, _ := strconv.ParseUint(field, 16, 64)
		return math.Float64frombits(n)
	case 's':
		return string(r.take())
	case 'b':
		return append([]byte{}, r.take()...)
	case 'l':
		items := make([]any, r.number())
		for i := range items {
			items[i] = r.value()
		}
		return items
	case 'm':
		entries := map[string]any{}
		for i := r.number(); i > 0; i-- {
			key := r.value().(string)
			entries[key] = r.value()
		}
		return entries
	}
	panic("cannot undump " + string(kind))
}

func (r *reader) field() string {
	end := bytes.IndexByte(r.rest, ';')
	field := string(r.rest[:end])
	r.rest = r.rest[end+1:]
	return field
}

func (r *reader) number() int {
	n, _ := strconv.Atoi(r.field())
	return n
}

func (r *reader) take() []byte {
	n := r.number()
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}
