package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// asInside marks this binary in a network of its own; noNetwork is its exit
// code if it cannot have one after all.
const (
	asInside  = "DEGUCHI_E2E_INSIDE"
	noNetwork = 97
)

// inOwnNetwork runs the tests once more in a network namespace in which this
// user may listen on port 443, and returns their exit code. It reports false
// where there is no need, or where the kernel does not let users do that.
func inOwnNetwork() (code int, ok bool) {
	if os.Geteuid() == 0 {
		return 0, false
	}
	self, err := os.Executable()
	if err != nil {
		return 0, false
	}
	cmd := exec.Command(self, os.Args[1:]...)
	cmd.Env = append(os.Environ(), asInside+"=1")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		Pdeathsig:   syscall.SIGKILL,
	}
	_ = cmd.Run()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() == noNetwork {
		return 0, false
	}
	return cmd.ProcessState.ExitCode(), true
}

// raiseLoopback brings up the only interface of a new network namespace.
func raiseLoopback() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	lo.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo); err != nil {
		return fmt.Errorf("raising lo: %w", err)
	}
	return nil
}
