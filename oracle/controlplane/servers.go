package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// readyWithin is how long a control plane may take to come up; on an idle machine it takes about 3 s.
const readyWithin = 3 * time.Minute

// facts is what a test needs to know of a running control plane.
type facts struct {
	State  string `json:"state"`
	Server string `json:"server"`
	// CA is the file of the certificate that signed the server's.
	CA    string          `json:"ca"`
	Users map[string]user `json:"users"`
	// Pids by name of the server, for tests that take one away.
	Pids map[string]int `json:"pids"`
}

// servers are the running children of one control plane.
type servers struct {
	state    string
	commands []*exec.Cmd
	pids     map[string]int
	// failed is called when a server ends that was not told to.
	failed context.CancelCauseFunc
}

// runServers brings everything up, tells the facts, and when the context ends takes everything down.
func runServers(ctx context.Context, o options) error {
	// The system ends a child with the thread that started it, so that thread has to stay.
	runtime.LockOSThread()
	running, failed := context.WithCancelCause(ctx)
	s := &servers{state: o.state, pids: map[string]int{}, failed: failed}
	defer s.stop()

	starting, cancel := context.WithTimeout(running, readyWithin)
	defer cancel()
	f, err := s.start(starting, o)
	if err == nil {
		err = tell(o.state, f)
	}
	if err == nil {
		<-running.Done()
	}
	if ctx.Err() != nil {
		return nil // we were told to stop
	}
	if cause := context.Cause(running); cause != nil {
		return cause
	}
	return err
}

// start starts the servers in the order in which they need each other.
func (s *servers) start(ctx context.Context, o options) (facts, error) {
	ports, err := freePorts(3)
	if err != nil {
		return facts{}, err
	}
	client, peer, secure := local(ports[0]), local(ports[1]), "https://127.0.0.1:"+ports[2]
	keys, err := makeKeys(o.state)
	if err != nil {
		return facts{}, err
	}
	users, err := makeUsers(o.state, secure, keys)
	if err != nil {
		return facts{}, err
	}
	f := facts{State: o.state, Server: secure, CA: keys.caCert, Users: users, Pids: s.pids}
	admin := users["admin"].Kubeconfig

	err = s.run("etcd", "", "--name=oracle", "--data-dir="+filepath.Join(o.state, "etcd"), "--unsafe-no-fsync", "--log-level=warn",
		"--listen-client-urls="+client, "--advertise-client-urls="+client,
		"--listen-peer-urls="+peer, "--initial-advertise-peer-urls="+peer, "--initial-cluster=oracle="+peer)
	if err != nil {
		return f, err
	}
	if err := waitFor(ctx, "etcd", func() bool { return answers(client + "/health") }); err != nil {
		return f, err
	}
	err = s.run("kube-apiserver", "", "--etcd-servers="+client, "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1",
		"--secure-port="+ports[2], "--tls-cert-file="+keys.serverCert, "--tls-private-key-file="+keys.serverKey,
		"--cert-dir="+o.state, "--client-ca-file="+keys.caCert, "--token-auth-file="+filepath.Join(o.state, tokensFile),
		"--service-account-key-file="+keys.accounts, "--service-account-signing-key-file="+keys.accounts,
		"--service-account-issuer=https://kubernetes.default.svc", "--authorization-mode=RBAC",
		"--service-cluster-ip-range=10.96.0.0/16", "--allow-privileged=true", "--endpoint-reconciler-type=none")
	if err != nil {
		return f, err
	}
	kube, err := connect(admin)
	if err != nil {
		return f, err
	}
	if err := waitFor(ctx, "kube-apiserver", func() bool { return serverReady(ctx, kube) }); err != nil {
		return f, err
	}
	if err := s.runControllers(admin, keys, o); err != nil {
		return f, err
	}
	return f, furnish(ctx, kube, o.nodes)
}

// runControllers starts what watches the API server: controllers, scheduler, simulated nodes.
func (s *servers) runControllers(admin string, keys keyFiles, o options) error {
	err := s.run("kube-controller-manager", "", "--kubeconfig="+admin, "--service-account-private-key-file="+keys.accounts,
		"--root-ca-file="+keys.caCert, "--use-service-account-credentials=false", "--leader-elect=false", "--secure-port=0")
	if err != nil {
		return err
	}
	if err := s.run("kube-scheduler", "", "--kubeconfig="+admin, "--leader-elect=false", "--secure-port=0"); err != nil {
		return err
	}
	args := []string{"--kubeconfig=" + admin, "--manage-all-nodes=true"}
	for _, stages := range o.stages {
		args = append(args, "--config="+stages)
	}
	return s.run("kwok", o.kwok, args...)
}

// run starts one server, `program` or else this program's own subcommand, with its output in a file.
func (s *servers) run(name, program string, args ...string) error {
	if program == "" {
		self, err := os.Executable()
		if err != nil {
			return err
		}
		program, args = self, append([]string{name}, args...)
	}
	logPath := filepath.Join(s.state, name+".log")
	log, err := os.Create(logPath)
	if err != nil {
		return err
	}
	defer log.Close()
	command := exec.Command(program, args...)
	command.Dir, command.Stdout, command.Stderr = s.state, log, log
	command.SysProcAttr = child()
	if err := command.Start(); err != nil {
		return err
	}
	s.commands, s.pids[name] = append(s.commands, command), command.Process.Pid
	go func() {
		err := command.Wait()
		s.failed(fmt.Errorf("%s ended (%v); its output is in %s", name, err, logPath))
	}()
	return nil
}

// stop ends the servers. Their data is thrown away, so nothing is gained by asking them politely.
func (s *servers) stop() {
	for i := len(s.commands) - 1; i >= 0; i-- {
		_ = s.commands[i].Process.Signal(syscall.SIGKILL)
	}
}

// tell writes the facts to the state directory, whole or not at all, and to standard output.
func tell(state string, f facts) error {
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	text = append(text, '\n')
	draft := filepath.Join(state, factsFile+".new")
	if err := os.WriteFile(draft, text, 0o600); err != nil {
		return err
	}
	if err := os.Rename(draft, filepath.Join(state, factsFile)); err != nil {
		return err
	}
	_, err = os.Stdout.Write(text)
	return err
}

// freePorts asks the system for ports of the loopback interface, all held until the last is known.
func freePorts(n int) ([]string, error) {
	var ports []string
	for range n {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer listener.Close()
		_, port, err := net.SplitHostPort(listener.Addr().String())
		if err != nil {
			return nil, err
		}
		ports = append(ports, port)
	}
	return ports, nil
}

func local(port string) string { return "http://127.0.0.1:" + port }

func answers(url string) bool {
	response, err := http.Get(url)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// waitFor asks until the answer is yes, or the context ends.
func waitFor(ctx context.Context, what string, ready func() bool) error {
	for !ready() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s did not become ready: %w", what, context.Cause(ctx))
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}
