package instance

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// patience bounds every wait.
const patience = 90 * time.Second

// machine is an instance: a root over this machine's, and systemd in it.
type machine struct {
	t    *testing.T
	root string
	boot *exec.Cmd
	said bytes.Buffer
}

// needs are what instances are made with. Without them the test is skipped.
func needs(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("boots a machine; not with -short")
	}
	requiretest.That(t, inside(), "root that may make namespaces, for a machine of its own")
	for _, program := range []string{"systemd-nspawn", "nsenter", "cloud-init", "ip", "curl", "/usr/bin/aws", "/lib/systemd/systemd"} {
		requiretest.Program(t, program)
	}
}

// newMachine makes a root in which what is written changes nothing outside.
func newMachine(t *testing.T) *machine {
	t.Helper()
	dir := t.TempDir()
	m := &machine{t: t, root: filepath.Join(dir, "root")}
	mount := func(source, target, kind, options string) {
		if err := unix.Mount(source, target, kind, 0, options); err != nil {
			requiretest.That(t, false, fmt.Sprintf("to mount %s (%v)", kind, err))
		}
		t.Cleanup(func() { _ = unix.Unmount(target, unix.MNT_DETACH) })
	}
	mount("tmpfs", dir, "tmpfs", "mode=0755")
	for _, name := range []string{"upper", "work", "root"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	mount("overlay", m.root, "overlay", fmt.Sprintf("lowerdir=/,upperdir=%s/upper,workdir=%s/work", dir, dir))
	return m
}

// write puts a file into the root.
func (m *machine) write(path, text string, mode os.FileMode) {
	m.t.Helper()
	file := filepath.Join(m.root, path)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), mode); err != nil {
		m.t.Fatal(err)
	}
	if err := os.Chmod(file, mode); err != nil {
		m.t.Fatal(err)
	}
}

// file returns the content of a file of the root, as far as it is there.
func (m *machine) file(path string) string {
	text, _ := os.ReadFile(filepath.Join(m.root, path))
	return string(text)
}

// start boots the machine, and gives it its place in the network.
func (m *machine) start() {
	m.t.Helper()
	m.boot = exec.Command("systemd-nspawn", "--directory="+m.root, "--boot", "--machine=exit", "--register=no", "--keep-unit",
		"--network-veth", "--capability=CAP_NET_ADMIN", "--resolv-conf=off", "--timezone=off", "--link-journal=no", "--console=pipe",
		"systemd.unit=instance.target", "systemd.log_target=console", "systemd.show_status=0")
	m.boot.Env = append(os.Environ(), "SYSTEMD_NSPAWN_API_VFS_WRITABLE=network")
	m.boot.Stdout, m.boot.Stderr = &m.said, &m.said
	m.boot.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := m.boot.Start(); err != nil {
		m.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = m.boot.Wait() }()
	m.t.Cleanup(func() {
		if first, err := m.first(); err == nil { // it outlives a systemd-nspawn that is killed
			_ = syscall.Kill(first, syscall.SIGKILL)
		}
		_ = m.boot.Process.Kill()
		<-ended
		_ = ip("link", "delete", "ve-exit")
		if m.t.Failed() {
			m.t.Logf("systemd said:\n%s\nuser data said:\n%s", m.said.String(), m.file(userDataLog))
		}
	})
	m.eventually("the machine has a network", func() bool {
		select {
		case <-ended:
			m.t.Fatal("the machine is gone")
		default:
		}
		return ip("address", "add", balancer+"/24", "dev", "ve-exit") == nil
	})
	if err := ip("link", "set", "ve-exit", "up"); err != nil {
		m.t.Fatal(err)
	}
}

// first returns the machine's first process, as seen from here.
func (m *machine) first() (int, error) {
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", m.boot.Process.Pid, m.boot.Process.Pid))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(children), " ")
	return strconv.Atoi(first)
}

// inside runs a program in the machine and returns what it prints.
func (m *machine) run(args ...string) string {
	m.t.Helper()
	first, err := m.first()
	if err != nil {
		m.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(m.t.Context(), patience)
	defer cancel()
	out, err := exec.CommandContext(ctx, "nsenter", append([]string{"-t", strconv.Itoa(first), "-m", "-u", "-i", "-n", "-p"}, args...)...).CombinedOutput()
	if err != nil {
		return fmt.Sprintf("%v: %s", err, out)
	}
	return strings.TrimSpace(string(out))
}

// unit returns a property of a unit.
func (m *machine) unit(name, property string) string {
	m.t.Helper()
	return m.run("systemctl", "show", "--value", "-p", property, name)
}

// eventually waits until what has become true.
func (m *machine) eventually(what string, ok func() bool) {
	m.t.Helper()
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			m.t.Fatalf("not within %v: %s", patience, what)
		}
	}
}
