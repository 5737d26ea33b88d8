//go:build !linux

package main

import "syscall"

// child keeps a signal of the terminal from the servers, which `serve` ends itself.
func child() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
