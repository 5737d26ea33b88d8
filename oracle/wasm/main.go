// A plugin of WebAssembly that does what its configuration says, so that real Helm and Sternpost can be seen to give
// it the same: its input, its variables, its folder, servers, ends of all kinds.
package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"
	"time"

	"github.com/extism/go-pdk"
)

type answer struct {
	Data      *string `json:"data,omitempty"`
	Manifests *string `json:"manifests,omitempty"`
}

//go:wasmexport helm_plugin_main
func helmPluginMain() int32 {
	mode, _ := pdk.GetConfig("mode")
	switch mode {
	case "status":
		return 3
	case "error":
		pdk.SetError(fmt.Errorf("this is what is wrong"))
		return 1
	case "error-only":
		pdk.SetError(fmt.Errorf("this is what is wrong"))
		return 0
	case "exit":
		os.Exit(3)
	case "exit-well":
		pdk.OutputString("{}")
		os.Exit(0)
	case "panic":
		panic("gone")
	case "loop":
		for {
		}
	case "text":
		pdk.OutputString("text")
		return 0
	case "list":
		pdk.OutputString("[]")
		return 0
	case "number":
		pdk.OutputString(`{"data": 1}`)
		return 0
	case "broken":
		pdk.OutputString(`{"data": "a"}`)
		return 0
	case "nothing":
		return 0
	case "say":
		say()
	case "variables":
		variables()
	case "files":
		files()
	case "web":
		web()
	case "get":
		get()
		return 0
	case "rewrite":
		rewrite()
		return 0
	}
	output(answer{})
	return 0
}

func output(a answer) {
	text, _ := json.Marshal(a)
	pdk.Output(text)
}

// say prints what it is given.
func say() {
	fmt.Println("input", pdk.InputString())
	fmt.Println("arguments", len(os.Args))
	own, found := pdk.GetConfig("own")
	_, other := pdk.GetConfig("other")
	fmt.Println("configuration", own, found, other)
	names := strings.Fields(os.Getenv("SHOWN") + " HELM_BIN HELM_NAMESPACE HELM_DEBUG HELM_PLUGIN_NAME HELM_PLUGIN_DIR")
	sort.Strings(names)
	for _, name := range names {
		value, found := os.LookupEnv(name)
		fmt.Println(name, value, found)
	}
	if time.Now().Year() < 2024 {
		fmt.Println("the clock stands")
	}
	input := make([]byte, 100)
	n, err := os.Stdin.Read(input)
	fmt.Println("stdin", string(input[:n]), err)
	fmt.Fprintln(os.Stderr, "and on stderr")
	pdk.Log(pdk.LogError, "logs are off")
	if _, err := os.ReadDir("/"); err != nil {
		fmt.Println("no files")
	}
}

func variables() {
	pdk.SetVar("a", []byte("one"))
	fmt.Println(string(pdk.GetVar("a")), pdk.GetVar("b") == nil)
	pdk.RemoveVar("a")
	fmt.Println(pdk.GetVar("a") == nil)
	pdk.SetVar("large", make([]byte, 300))
}

func files() {
	check := func(what string, err error) {
		if err != nil {
			fmt.Println(what, "failed:", strings.ReplaceAll(err.Error(), "\n", " "))
		}
	}
	check("mkdir", os.Mkdir("/tmp/a", 0o755))
	check("mkdir again", os.Mkdir("/tmp/a", 0o755))
	check("write", os.WriteFile("/tmp/a/b.txt", []byte("hello"), 0o644))
	file, err := os.OpenFile("/tmp/a/b.txt", os.O_APPEND|os.O_WRONLY, 0)
	check("append", err)
	if err == nil {
		fmt.Fprint(file, " world")
		check("close", file.Close())
	}
	text, err := os.ReadFile("/tmp/a/b.txt")
	fmt.Println(string(text), err)
	info, err := os.Stat("/tmp/a/b.txt")
	check("stat", err)
	if err == nil {
		fmt.Println(info.Name(), info.Size(), info.IsDir())
	}
	check("rename", os.Rename("/tmp/a/b.txt", "/tmp/c"))
	entries, err := os.ReadDir("/tmp")
	check("list", err)
	for _, entry := range entries {
		fmt.Println(entry.Name(), entry.IsDir())
	}
	file, err = os.OpenFile("/tmp/c", os.O_RDWR, 0)
	check("open", err)
	if err == nil {
		file.Seek(6, 0)
		file.Write([]byte("there"))
		part := make([]byte, 5)
		n, err := file.ReadAt(part, 0)
		fmt.Println(string(part[:n]), err)
		check("truncate", file.Truncate(8))
		file.Close()
	}
	text, _ = os.ReadFile("/tmp/c")
	fmt.Println(string(text))
	check("remove full", os.Remove("/tmp"))
	check("remove", os.Remove("/tmp/a"))
	check("remove missing", os.Remove("/tmp/a"))
	_, err = os.ReadFile("/tmp/missing")
	check("read missing", err)
	_, err = os.ReadFile("/etc/passwd")
	fmt.Println("outside", err != nil)
	_, err = os.ReadFile("/tmp/../etc/passwd")
	fmt.Println("beside", err != nil)
}

func web() {
	url, _ := pdk.GetConfig("url")
	request := pdk.NewHTTPRequest(pdk.MethodGet, url)
	request.SetHeader("X-Mine", "yes")
	response := request.Send()
	fmt.Println(response.Status(), len(response.Body()), string(response.Body()))
	fmt.Println(response.Headers()["content-length"])
}

// get answers with what it is asked for.
func get() {
	var asked struct{ Href string }
	if err := json.Unmarshal(pdk.Input(), &asked); err != nil {
		pdk.SetError(err)
		return
	}
	content := pdk.InputString()
	if strings.HasSuffix(asked.Href, ".yaml") {
		content = "input: '" + strings.ReplaceAll(content, "'", "''") + "'\n"
	}
	if given, found := pdk.GetConfig("content"); found {
		content = given
		if raw, err := base64.StdEncoding.DecodeString(given); err == nil {
			content = string(raw)
		}
	}
	data := base64.StdEncoding.EncodeToString([]byte(content))
	output(answer{Data: &data})
}

func rewrite() {
	var asked struct{ Manifests string }
	if err := json.Unmarshal(pdk.Input(), &asked); err != nil {
		pdk.SetError(fmt.Errorf("given %s", pdk.InputString()))
		return
	}
	manifests := strings.ReplaceAll(asked.Manifests, "blue", "green")
	output(answer{Manifests: &manifests})
}

func main() {}
