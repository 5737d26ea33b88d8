package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"strings"
	"sync"
	"unicode/utf8"
)

// atOnce is how many writes of a kind the bare client sends at once, as many as Sternpost does.
const atOnce = 16

// write is a request as it is recorded; a body that is no text stands in base64.
type write struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Type   string `json:"type"`
	Body   string `json:"body"`
}

// recording writes what passes into a file: writes with their bodies, and how many bytes came back.
type recording struct {
	mutex sync.Mutex
	file  *os.File
}

// note records a write, and gives its body back to whoever reads it next.
func (r *recording) note(in *http.Request) {
	if r.file == nil || in.Method == http.MethodGet {
		return
	}
	body, err := io.ReadAll(in.Body)
	if err != nil {
		return
	}
	in.Body = io.NopCloser(bytes.NewReader(body))
	text := string(body)
	if kind := in.Header.Get("Content-Type"); !utf8.Valid(body) || strings.HasSuffix(kind, "protobuf") {
		text = "base64:" + base64.StdEncoding.EncodeToString(body)
	}
	r.line(write{in.Method, in.URL.RequestURI(), in.Header.Get("Content-Type"), text})
}

func (r *recording) line(value any) {
	text, _ := json.Marshal(value)
	r.mutex.Lock()
	defer r.mutex.Unlock()
	fmt.Fprintf(r.file, "%s\n", text)
}

// counted is an answer whose bytes are counted.
type counted struct {
	http.ResponseWriter
	bytes int
}

func (c *counted) Write(text []byte) (int, error) {
	n, err := c.ResponseWriter.Write(text)
	c.bytes += n
	return n, err
}

func (c *counted) Flush() {
	if flusher, ok := c.ResponseWriter.(http.Flusher); ok {
		flusher.Flush()
	}
}

// replay sends recorded writes with one text in the place of another, kind after kind, as bare as can be.
func replay(server, token, file, from, to string) error {
	writes, err := read(file, from, to)
	if err != nil {
		return err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
	client := &http.Client{Transport: transport}
	for len(writes) > 0 {
		end := 1
		for end < len(writes) && writes[end].group() == writes[0].group() {
			end++
		}
		if err := sendAll(client, server, token, writes[:end]); err != nil {
			return err
		}
		writes = writes[end:]
	}
	return nil
}

func read(file, from, to string) ([]write, error) {
	text, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer text.Close()
	var writes []write
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var one write
		line := lines.Text()
		if from != "" {
			line = strings.ReplaceAll(line, from, to)
		}
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			return nil, err
		}
		// A lease is at a version of its own in each run.
		if one.Method != "" && !strings.Contains(one.Path, "/leases") {
			writes = append(writes, one)
		}
	}
	return writes, lines.Err()
}

// group is what writes have in common that may be sent at once.
func (w write) group() string {
	where, _, _ := strings.Cut(w.Path, "?")
	if w.Method != http.MethodPost {
		where = path.Dir(where)
	}
	return w.Method + " " + where
}

func sendAll(client *http.Client, server, token string, writes []write) error {
	next := make(chan write)
	failed, fail := context.WithCancelCause(context.Background())
	defer fail(nil)
	var senders sync.WaitGroup
	for range min(atOnce, len(writes)) {
		senders.Go(func() {
			for one := range next {
				if err := send(client, server, token, one); err != nil {
					fail(err)
				}
			}
		})
	}
	for _, one := range writes {
		next <- one
	}
	close(next)
	senders.Wait()
	return context.Cause(failed)
}

func send(client *http.Client, server, token string, one write) error {
	request, err := http.NewRequest(one.Method, server+one.Path, strings.NewReader(one.Body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", one.Type)
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= 300 {
		err = errors.New(one.Method + " " + one.Path + ": " + string(text))
	}
	return err
}
