package e2e

import (
	"os/exec"
	"syscall"
)

// dieWithUs makes the kernel kill the child when this process is gone, however
// it went.
func dieWithUs(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
