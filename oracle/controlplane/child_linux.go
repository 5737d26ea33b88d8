package main

import "syscall"

// child makes a process end when this one does, whatever the reason.
func child() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
