// The program answers what Go's text/template makes of templates. It reads requests from its
// standard input and writes an answer for each to its standard output, until the input ends.
//
// A request is the option, such as "missingkey=zero" or nothing, the template, and the data as
// JSON. An answer is "ok", "parse" or "exec", then what was written, then the error. Each of these
// has its length in front, as four bytes, the highest first.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"log"
	"os"
	"strings"
	"text/template"
)

func main() {
	in, out := bufio.NewReader(os.Stdin), bufio.NewWriter(os.Stdout)
	for {
		option, err := read(in)
		if err == io.EOF {
			return
		}
		text, err2 := read(in)
		data, err3 := read(in)
		if err != nil || err2 != nil || err3 != nil {
			log.Fatal("incomplete request: ", err, err2, err3)
		}
		status, output, message := answer(option, text, data)
		write(out, status)
		write(out, output)
		write(out, message)
		out.Flush()
	}
}

func answer(option, text, data string) (status, output, message string) {
	var value any
	if err := json.Unmarshal([]byte(data), &value); err != nil {
		log.Fatal("bad data: ", err)
	}
	set := template.New("set")
	options := strings.Fields(option)
	set.Option(options...)
	set.Funcs(functions(set, options, new(int)))
	if _, err := set.New("t").Parse(text); err != nil {
		return "parse", "", err.Error()
	}
	var written bytes.Buffer
	if err := set.ExecuteTemplate(&written, "t", value); err != nil {
		return "exec", written.String(), err.Error()
	}
	return "ok", written.String(), ""
}

func read(in io.Reader) (string, error) {
	var size uint32
	if err := binary.Read(in, binary.BigEndian, &size); err != nil {
		return "", err
	}
	text := make([]byte, size)
	_, err := io.ReadFull(in, text)
	return string(text), err
}

func write(out io.Writer, text string) {
	binary.Write(out, binary.BigEndian, uint32(len(text)))
	io.WriteString(out, text)
}
