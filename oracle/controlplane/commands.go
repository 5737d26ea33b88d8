package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Files of a state directory, beside the servers' own data.
const (
	factsFile = "facts.json" // written last: the control plane is ready when it exists
	pidFile   = "serve.pid"
	logFile   = "serve.log"
)

// options are what `serve` and `up` take.
type options struct {
	state    string
	kwok     string
	stages   []string
	nodes    int
	untilEOF bool
}

func parse(name string, args []string) (options, error) {
	var o options
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.StringVar(&o.state, "state", "", "directory for data, keys, kubeconfigs and logs; made if absent")
	flags.StringVar(&o.kwok, "kwok", "", "the kwok program, which plays the nodes")
	flags.Func("stages", "file of KWOK Stage objects; may be given more than once", func(path string) error {
		o.stages = append(o.stages, path)
		return nil
	})
	flags.IntVar(&o.nodes, "nodes", 2, "number of simulated nodes")
	flags.BoolVar(&o.untilEOF, "until-eof", false, "stop when standard input ends, as it does when the parent dies")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if o.state == "" {
		return o, errors.New("--state is required")
	}
	state, err := filepath.Abs(o.state)
	o.state = state
	return o, err
}

// serve runs a control plane in the foreground until a signal, the end of standard input (if asked for),
// or the end of one of its servers. It prints the facts once it is ready.
func serve(args []string) error {
	o, err := parse("serve", args)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.state, 0o700); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(o.state, factsFile)); err != nil && !os.IsNotExist(err) {
		return err
	}
	pid := strconv.Itoa(os.Getpid())
	if err := os.WriteFile(filepath.Join(o.state, pidFile), []byte(pid), 0o600); err != nil {
		return err
	}
	defer os.Remove(filepath.Join(o.state, pidFile))

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if o.untilEOF {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			stop()
		}()
	}
	return runServers(ctx, o)
}

// up starts `serve` in a session of its own and returns when the control plane is ready.
func up(args []string) error {
	o, err := parse("up", args)
	if err != nil {
		return err
	}
	if _, running := servePid(o.state); running {
		return fmt.Errorf("a control plane already runs in %s", o.state)
	}
	if err := os.MkdirAll(o.state, 0o700); err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(o.state, logFile))
	if err != nil {
		return err
	}
	defer log.Close()
	facts := filepath.Join(o.state, factsFile)
	if err := os.Remove(facts); err != nil && !os.IsNotExist(err) {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	server := exec.Command(self, append([]string{"serve"}, args...)...)
	server.Stdout, server.Stderr = log, log
	server.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := server.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	for {
		if text, err := os.ReadFile(facts); err == nil {
			_, err = os.Stdout.Write(text)
			return err
		}
		select {
		case <-ended:
			text, _ := os.ReadFile(log.Name())
			return fmt.Errorf("the control plane did not start:\n%s", text)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// down ends the control plane of a state directory, and only that one.
func down(args []string) error {
	o, err := parse("down", args)
	if err != nil {
		return err
	}
	pid, running := servePid(o.state)
	if !running {
		return fmt.Errorf("no control plane runs in %s", o.state)
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		return err
	}
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if _, running := servePid(o.state); !running {
			return nil
		}
	}
	return fmt.Errorf("process %d did not end within 30 s", pid)
}

// servePid tells the process that serves a state directory. A pid that was given to another program since
// is not taken for it: the command line is looked at where the system shows it.
func servePid(state string) (int, bool) {
	text, err := os.ReadFile(filepath.Join(state, pidFile))
	if err != nil {
		return 0, false
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || syscall.Kill(pid, 0) != nil {
		return 0, false
	}
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return pid, err != nil || strings.Contains(string(line), "\x00serve\x00")
}
