package fabric

import (
	"os"
	"os/exec"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// nobody is a user that is not root.
const nobody = 65534

// Unprivileged lets cmd run as a user that is not root, where root is one of a
// user namespace that has no other: programs that want to become another user
// fail there, and do not try as long as they are not root.
func Unprivileged(cmd *exec.Cmd) {
	text, err := os.ReadFile("/proc/self/uid_map")
	if f := strings.Fields(string(text)); err != nil || len(f) < 3 || f[2] != "1" {
		return
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: nobody, HostID: 0, Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: nobody, HostID: 0, Size: 1}},
	}
}
