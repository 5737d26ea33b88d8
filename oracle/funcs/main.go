// Command funcs answers what Go's libraries do, so that ours can be compared with them.
//
// It reads one JSON object a line, {"f": question, "a": [arguments]}, and writes one answer a line:
// {"ok": text} or {"err": text}. Bytes that are not UTF-8 are written as {"okHex": …}.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"unicode/utf8"
)

type question struct {
	F string   `json:"f"`
	A []string `json:"a"`
}

// Each answers one kind of question; a panic counts as an error.
var answerers = map[string]func([]string) (string, error){
	"template":           runTemplate,
	"render":             renderChart,
	"semver.parse":       semverParse,
	"semver.strict":      semverStrict,
	"semver.compare":     semverCompare,
	"semver.constraint":  semverConstraint,
	"semver.validate":    semverValidate,
	"regexp.compile":     regexpCompile,
	"regexp.find":        regexpFind,
	"regexp.replace":     regexpReplace,
	"regexp.split":       regexpSplit,
	"time.format":        timeFormat,
	"time.parse":         timeParse,
	"time.duration":      durationParse,
	"time.duration.step": durationStep,
	"values.set":         setValues,
	"values.merge":       mergeValues,
	"schema":             checkSchema,
}

func main() {
	in := bufio.NewReader(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for decoder := json.NewDecoder(in); decoder.More(); {
		var q question
		if err := decoder.Decode(&q); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		line, _ := json.Marshal(answer(q))
		out.Write(append(line, '\n'))
		if in.Buffered() == 0 {
			out.Flush()
		}
	}
}

func answer(q question) (result map[string]string) {
	defer func() {
		if r := recover(); r != nil {
			result = map[string]string{"err": fmt.Sprint("panic: ", r)}
		}
	}()
	f := answerers[q.F]
	if f == nil {
		return map[string]string{"err": "unknown question " + q.F}
	}
	text, err := f(q.A)
	switch {
	case err != nil:
		return map[string]string{"err": err.Error()}
	case !utf8.ValidString(text):
		return map[string]string{"okHex": hex.EncodeToString([]byte(text))}
	}
	return map[string]string{"ok": text}
}
