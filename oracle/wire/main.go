// Command wire stands on the wire between a client and an API server. It tells every request that passes, and
// lets one of them go wrong in a way that is asked for.
//
//	wire -server URL -token TOKEN [-at N -fault FAULT] [-record FILE]
//	wire -server URL -token TOKEN -replay FILE [-from TEXT -to TEXT]
//
// The first line that it prints is its own address, each further line a request. It ends with its stdin. With
// -replay it is a client instead, which sends the writes that were recorded.
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strconv"
	"sync"
	"time"
)

// away is how long a server that is restarted does not answer.
const away = 3 * time.Second

// wire is the proxy with what is to go wrong.
type wire struct {
	proxy *httputil.ReverseProxy
	// token is put into every request: clients send theirs by TLS only.
	token string
	// at is the number of the request that goes wrong, from 1; 0 for none.
	at int
	// fault says how: stop, cut, restart, or a status to answer with.
	fault string
	// record is where writes and the sizes of answers go.
	record recording

	mutex sync.Mutex
	seen  int
	// back is when a restarted server answers again.
	back time.Time
	// stopped is closed when nothing may pass any more.
	stopped chan struct{}
	conns   map[net.Conn]bool
}

func main() {
	server := flag.String("server", "", "URL of the API server")
	w := &wire{stopped: make(chan struct{}), conns: map[net.Conn]bool{}}
	flag.StringVar(&w.token, "token", "", "bearer token for the API server")
	flag.IntVar(&w.at, "at", 0, "number of the request that goes wrong")
	flag.StringVar(&w.fault, "fault", "", "stop, cut, restart, or a status")
	record := flag.String("record", "", "file that gets all writes, and the sizes of answers")
	file := flag.String("replay", "", "file with writes to send")
	from := flag.String("from", "", "text in the writes to replace")
	to := flag.String("to", "", "what to put in its place")
	flag.Parse()
	if err := w.run(*server, *record, *file, *from, *to); err != nil {
		fmt.Fprintln(os.Stderr, "wire:", err)
		os.Exit(1)
	}
}

func (w *wire) run(server, record, file, from, to string) (err error) {
	if file != "" {
		return replay(server, w.token, file, from, to)
	}
	if record != "" {
		if w.record.file, err = os.Create(record); err != nil {
			return err
		}
	}
	return w.serve(server)
}

func (w *wire) serve(server string) error {
	target, err := url.Parse(server)
	if err != nil {
		return err
	}
	w.proxy = httputil.NewSingleHostReverseProxy(target)
	w.proxy.FlushInterval = -1 // events of a watch pass at once
	w.proxy.ErrorHandler = func(out http.ResponseWriter, _ *http.Request, _ error) { panic(http.ErrAbortHandler) }
	transport := http.DefaultTransport.(*http.Transport).Clone()
	// The server is ours, on loopback, with a certificate of this run.
	transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
	transport.DisableCompression = true
	transport.MaxIdleConnsPerHost = 64
	w.proxy.Transport = transport
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", listener.Addr())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	serving := &http.Server{Handler: w, ConnState: w.note}
	return serving.Serve(listener)
}

// note keeps the connections that are open, for the fault that ends them all.
func (w *wire) note(conn net.Conn, state http.ConnState) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	switch state {
	case http.StateNew:
		if time.Now().Before(w.back) {
			conn.Close()
			return
		}
		w.conns[conn] = true
	case http.StateClosed, http.StateHijacked:
		delete(w.conns, conn)
	}
}

func (w *wire) ServeHTTP(out http.ResponseWriter, in *http.Request) {
	number, wrong := w.count()
	in.Header.Set("Authorization", "Bearer "+w.token)
	fmt.Printf("%d %s %s\n", number, in.Method, in.URL.RequestURI())
	if wrong {
		w.fail(out)
	}
	select {
	case <-w.stopped:
		select {} // the client is about to be killed, and nothing it asks for may happen
	default:
	}
	if wrong && w.code() != 0 {
		return
	}
	w.record.note(in)
	answer := &counted{ResponseWriter: out}
	w.proxy.ServeHTTP(answer, in)
	if w.record.file != nil {
		w.record.line(map[string]int{"bytes": answer.bytes})
	}
}

// count gives the number of a request, and whether it is the one that goes wrong.
func (w *wire) count() (int, bool) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.seen++
	return w.seen, w.seen == w.at
}

// code is the status to answer with, 0 for other faults.
func (w *wire) code() int {
	code, _ := strconv.Atoi(w.fault)
	return code
}

// fail lets a request go wrong.
func (w *wire) fail(out http.ResponseWriter) {
	switch w.fault {
	case "stop":
		close(w.stopped)
		fmt.Println("stopped")
	case "cut":
		panic(http.ErrAbortHandler) // ends the connection without an answer
	case "restart":
		w.mutex.Lock()
		w.back = time.Now().Add(away)
		for conn := range w.conns {
			conn.Close()
		}
		w.mutex.Unlock()
		panic(http.ErrAbortHandler)
	default:
		answer(out, w.code())
	}
}

// answer is a failure as an API server words it.
func answer(out http.ResponseWriter, code int) {
	reasons := map[int]string{409: "Conflict", 429: "TooManyRequests", 500: "InternalError", 504: "Timeout"}
	out.Header().Set("Content-Type", "application/json")
	if code == http.StatusTooManyRequests {
		out.Header().Set("Retry-After", "1")
	}
	out.WriteHeader(code)
	fmt.Fprintf(out, `{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"made to fail with %d","reason":%q,"code":%d}`,
		code, reasons[code], code)
}
