package fabric

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// inside marks a process that has namespaces of its own.
const inside = "DEGUCHI_LAB_INSIDE"

// What such a process is outside of them: its number there, and whose it is.
const (
	outerPID  = "DEGUCHI_LAB_PID"
	outerUser = "DEGUCHI_LAB_USER"
)

// Inside reports whether this process was started by Again, and has to call
// Settle before it builds anything.
func Inside() bool { return os.Getenv(inside) != "" }

// Streams are those of a process.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Again runs this program once more with args, in user, network, mount and
// process namespaces of its own, and returns its exit code. It needs no
// privilege where the kernel lets users have namespaces; root has them anyway.
// The kernel ends the other process, and all that it started, with this one.
func Again(ctx context.Context, args []string, s Streams) (code int, err error) {
	runtime.LockOSThread() // the other process is to end with this thread
	defer runtime.UnlockOSThread()
	cmd := exec.CommandContext(ctx, "/proc/self/exe", args...) //nolint:gosec // what the user asks for, in namespaces of its own
	cmd.Args[0] = os.Args[0]
	cmd.Env = append(os.Environ(), inside+"=1", outerUser+"="+strconv.Itoa(os.Geteuid()))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = s.In, s.Out, s.Err
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWNET | unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS,
		Pdeathsig:  syscall.SIGKILL,
	}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= unix.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}}
	}
	out, in, err := window()
	if err != nil {
		return 0, err
	}
	cmd.ExtraFiles = []*os.File{in}
	err = cmd.Start()
	_ = in.Close() // it is the other process's
	if err != nil {
		return 0, errors.Join(&Unable{reason.New(hindrance()), err}, out.Close())
	}
	go attend(ctx, out) // until the other process ends
	err = cmd.Wait()
	if _, ok := errors.AsType[*exec.ExitError](err); ok {
		return cmd.ProcessState.ExitCode(), nil
	}
	return 0, err
}

// hindrance says what is known to keep users from namespaces here.
func hindrance() reason.Code {
	read := func(name string) string {
		b, _ := os.ReadFile("/proc/sys/" + name) // absent where there is no such switch
		return strings.TrimSpace(string(b))
	}
	switch {
	case os.Geteuid() == 0:
		return "lab.unable.root"
	case read("kernel/apparmor_restrict_unprivileged_userns") == "1":
		return "lab.unable.apparmor"
	case read("user/max_user_namespaces") == "0" || read("kernel/unprivileged_userns_clone") == "0":
		return "lab.unable.sysctl"
	}
	return "lab.unable.refused"
}

// Settle makes the namespaces of this process, which Again has started, into a
// place to work in: mounts of its own, its processes under /proc, a name server
// that is the lab's, and an empty folder that ends with it, which it returns.
func Settle() (dir string, err error) {
	unix.CloseOnExec(outsideFD)
	if err := numbered(); err != nil {
		return "", err
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return "", &Unable{reason.New("lab.unable.mount"), fmt.Errorf("mounts of its own: %w", err)}
	}
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return "", &Unable{reason.New("lab.unable.mount"), fmt.Errorf("mounting /proc: %w", err)}
	}
	resolv, err := filepath.EvalSymlinks("/etc/resolv.conf")
	if err != nil {
		resolv = "/etc/resolv.conf"
	}
	// Sockets of name services stand below /run, and know no namespaces.
	if err := unix.Mount("tmpfs", "/run", "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=0755"); err != nil {
		return "", &Unable{reason.New("lab.unable.mount"), fmt.Errorf("mounting a folder: %w", err)}
	}
	// What programs share there is not to outlive them.
	_ = unix.Mount("tmpfs", "/dev/shm", "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=1777")
	dir = "/run/deguchi-lab"
	if err := os.Mkdir(dir, 0o755); err != nil { //nolint:gosec // the lab's own folder, which programs of other users read
		return "", err
	}
	return dir, nameServer(dir, resolv)
}

// numbered notes the number of this process outside, which is told as long as
// /proc is the other namespace's.
func numbered() error {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "NSpid:" {
			return os.Setenv(outerPID, f[1])
		}
	}
	return nil
}

// nameServer lets every program ask the name server of its node.
func nameServer(dir, resolv string) error {
	text := []byte("nameserver " + NameServer.String() + "\noptions timeout:2 attempts:1\n")
	if strings.HasPrefix(resolv, "/run/") {
		if err := os.MkdirAll(filepath.Dir(resolv), 0o755); err != nil { //nolint:gosec // the lab's own folder, which programs of other users read
			return err
		}
		return os.WriteFile(resolv, text, 0o644) //nolint:gosec // the lab's own file, which programs of other users read
	}
	own := filepath.Join(dir, "resolv.conf")
	if err := os.WriteFile(own, text, 0o644); err != nil { //nolint:gosec // the lab's own file, which programs of other users read
		return err
	}
	if err := unix.Mount(own, resolv, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("putting a name server into %s: %w", resolv, err)
	}
	return nil
}
