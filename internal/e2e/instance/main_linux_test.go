package instance

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// asInside marks this binary in a network and with mounts of its own.
const asInside = "DEGUCHI_INSTANCE_INSIDE"

// inside reports whether this process has them: root can, unless a container
// that it is in keeps it from it.
func inside() bool { return os.Getenv(asInside) != "" }

func TestMain(m *testing.M) {
	if !inside() && os.Geteuid() == 0 {
		if code, ok := again(); ok {
			os.Exit(code)
		}
	}
	if inside() {
		err := errors.Join(
			unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""),
			unix.Mount("tmpfs", "/run", "tmpfs", 0, "mode=0755"), // systemd-nspawn leaves folders in it
			addresses())
		if err != nil {
			fmt.Fprintln(os.Stderr, "instance:", err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// again runs the tests inside, and reports false if that cannot be.
func again() (code int, ok bool) {
	self, err := os.Executable()
	if err != nil {
		return 0, false
	}
	cmd := exec.Command(self, os.Args[1:]...)
	cmd.Env = append(os.Environ(), asInside+"=1")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET | unix.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	_ = cmd.Run()
	if cmd.ProcessState == nil {
		return 0, false
	}
	return cmd.ProcessState.ExitCode(), true
}

// The network as the instance sees it: a subnet, in which this process is the
// load balancer and the way to everything, AWS at an address of endpoints, and
// the metadata service.
const (
	balancer = "10.40.0.1"
	proxy    = "10.40.0.10"
	endpoint = "10.40.1.20"
	metadata = "169.254.169.254"
)

func addresses() error {
	return errors.Join(
		ip("link", "set", "lo", "up"),
		ip("address", "add", endpoint+"/32", "dev", "lo"),
		ip("address", "add", metadata+"/32", "dev", "lo"))
}

func ip(args ...string) error {
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("ip %v: %w: %s", args, err, out)
	}
	return nil
}
