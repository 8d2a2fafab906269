package e2e

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// TestPackages builds packages and the container image as they are released, in
// two versions, and uses them as an operator would: under a real systemd, in a
// throwaway root over this machine's own, and in a network of their own, because
// the default configuration listens on a well-known port.
func TestPackages(t *testing.T) {
	if testing.Short() {
		t.Skip("builds packages, which takes a while")
	}
	requiretest.That(t, os.Getenv("DEGUCHI_REQUIRE") == "all", "DEGUCHI_REQUIRE=all: it takes a minute, and modules of tools")
	if os.Getenv(asInside) == "" {
		inNetworkOf(t)
		return
	}
	first, second := released(t, "1.0.0", "packages,image"), released(t, "1.1.0", "packages")
	t.Run("lint", func(t *testing.T) { lintPackages(t, first) })
	t.Run("deb", func(t *testing.T) { livesAndDies(t, debian, first, second) })
	t.Run("rpm", func(t *testing.T) { livesAndDies(t, redHat, first, second) })
	t.Run("rpm's files", func(t *testing.T) { testFilesOfRPM(t, first) })
	t.Run("image", func(t *testing.T) { testImage(t, first) })
}

// inNetworkOf runs the test once more as root of a network and of mounts of its
// own.
func inNetworkOf(t *testing.T) {
	requiretest.That(t, os.Geteuid() == 0, "root, for namespaces with a systemd in them")
	for _, name := range []string{"systemd-nspawn", "nsenter", "dpkg-deb", "lintian", "shellcheck", "rpm", "skopeo", "umoci"} {
		requiretest.Program(t, name)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), asInside+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: unix.CLONE_NEWNET | unix.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil || !bytes.Contains(out, []byte("--- PASS: "+t.Name())) {
		t.Errorf("inside: %v", err)
	}
}

// released builds what tools/release makes for this machine, and returns the
// folder it is in.
func released(t *testing.T, version, parts string) string {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "go", "run", "./tools/release", "-version", version,
		"-systems", "linux/"+runtime.GOARCH, "-parts", parts, "-out", dir)
	cmd.Dir = filepath.Join("..", "..")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
	return dir
}

// manager is how a kind of package is dealt with.
type manager struct {
	pattern          string // of its file
	install, upgrade []string
	remove, purge    []string
	starts           bool                                           // the first installation starts the service
	withNewDefault   func(t *testing.T, file string) (other string) // packs it with another default configuration
	kept             string                                         // where an upgrade then puts that
}

var debian = manager{
	pattern: "*.deb", install: []string{"dpkg", "--no-triggers", "--force-unsafe-io", "-i"}, upgrade: []string{"dpkg", "--no-triggers", "--force-unsafe-io", "--force-confold", "-i"},
	remove: []string{"dpkg", "--no-triggers", "-r", "deguchi"}, purge: []string{"dpkg", "-P", "deguchi"},
	starts: true, kept: "deguchi.yaml.dpkg-dist", withNewDefault: newDefaultInDeb,
}

var redHat = manager{
	pattern: "*.rpm", install: []string{"rpm", "-i", "--nodeps"}, upgrade: []string{"rpm", "-U", "--nodeps"},
	remove: []string{"rpm", "-e", "deguchi"},
}

// newDefaultInDeb packs a deb anew, with another default configuration: one that
// an upgrade would like to put in the place of the operator's.
func newDefaultInDeb(t *testing.T, file string) string {
	dir := filepath.Join(t.TempDir(), "tree")
	printed(t, "dpkg-deb", "-R", file, dir)
	appendTo(t, filepath.Join(dir, "etc/deguchi/deguchi.yaml"), "# new in this version\n")
	changed := filepath.Join(t.TempDir(), filepath.Base(file))
	printed(t, "dpkg-deb", "-Znone", "-b", dir, changed)
	return changed
}

// livesAndDies is the life of a package: installed, configured, upgraded under
// load, removed.
func livesAndDies(t *testing.T, m manager, first, second string) {
	b := boot(t)
	b.run(t, append(m.install, b.bring(t, one(t, first, m.pattern)))...)
	if got := b.systemctl("is-enabled"); got != "enabled" {
		t.Errorf("after the installation the service is %s, want enabled", got)
	}
	if !m.starts {
		if got := b.systemctl("is-active"); got != "inactive" {
			t.Errorf("after the installation the service is %s, want inactive", got)
		}
		b.run(t, "systemctl", "start", "deguchi")
	}
	usual := &proxy{addr: "127.0.0.1:3128", admin: "127.0.0.1:3129"} // as the default configuration says
	eventually(t, "the default configuration serves", func() bool { status, _ := usual.ask(t, http.MethodGet, "/readyz"); return status == http.StatusOK })
	b.isConfined(t)

	p := newProxy(t, setup{logFile: "/var/log/deguchi/access.log", more: "limits: {drain: 2s}"})
	p.log.file = b.path("var/log/private/deguchi/access.log")
	b.configure(t, p)
	b.run(t, "systemctl", "restart", "deguchi")
	eventually(t, "the operator's configuration serves", func() bool { status, _ := p.ask(t, http.MethodGet, "/readyz"); return status == http.StatusOK })

	newer := one(t, second, m.pattern)
	if m.withNewDefault != nil {
		newer = m.withNewDefault(t, newer)
	}
	newer = b.bring(t, newer)
	s := openSession(t, p)
	old := b.mainPID(t)
	end := busy(t, p)
	b.run(t, append(m.upgrade, newer)...)
	t.Logf("%d connections were made around the upgrade, none was refused", end())
	if pid := b.mainPID(t); pid == old || b.programOf(t, pid) != "/usr/bin/deguchi" {
		t.Errorf("process %d, running %q, serves after the upgrade of process %d", pid, b.programOf(t, pid), old)
	}
	if got := b.programOf(t, old); got != "/usr/bin/deguchi (deleted)" {
		t.Errorf("the old process runs %q, want the deleted program", got)
	}
	s.mustSay(t, "after the upgrade")
	b.keptConfiguration(t, p, m.kept)
	s.hangUp(t)
	eventually(t, "the old process ends with its last tunnel", func() bool { return !b.alive(old) })

	s = openSession(t, p)
	b.run(t, m.remove...)
	s.ended(t)
	if got := p.log.find(t, "the session that removal cut", func(l line) bool { return l.Event == "end" && l.Host == channelHost && l.Err != "" }); !strings.Contains(got.Err, "drain") {
		t.Errorf("log: %+v, want an err that names the drain time", got)
	}
	if m.purge != nil {
		b.run(t, m.purge...)
		if left := b.leftovers(t); len(left) > 0 {
			t.Errorf("purge leaves %q", left)
		}
	}
}

// booted is a systemd that runs in a throwaway root.
type booted struct {
	leader      int    // its process, as seen from here
	root, upper string // the root; what differs from this machine's
}

// boot starts a systemd over this machine's files. What it writes is thrown away.
func boot(t *testing.T) *booted {
	t.Helper()
	dir := t.TempDir()
	b := &booted{root: filepath.Join(dir, "root"), upper: filepath.Join(dir, "upper")}
	work := filepath.Join(dir, "work")
	for _, d := range []string{b.root, b.upper, work} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		t.Fatal(err)
	}
	err := unix.Mount("overlay", b.root, "overlay", 0, fmt.Sprintf("lowerdir=/,upperdir=%s,workdir=%s", b.upper, work))
	requiretest.That(t, err == nil, fmt.Sprintf("an overlay file system (%v)", err))
	t.Cleanup(func() { _ = unix.Unmount(b.root, unix.MNT_DETACH) })
	for _, name := range []string{"usr/sbin/policy-rc.d", "etc/machine-id"} { // services may start; another machine
		_ = os.Remove(b.path(name))
	}
	name := fmt.Sprintf("deguchi-%d-%d", os.Getpid(), lastAddress.Add(1))
	cmd := exec.CommandContext(t.Context(), "systemd-nspawn", "-D", b.root, "-M", name, "--register=no", "--keep-unit",
		"--boot", "--console=pipe", "systemd.unit=basic.target")
	said := &output{}
	cmd.Stdout, cmd.Stderr = said, said
	dieWithUs(cmd)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("journal:\n%s\nsystemd:\n%s", b.try("journalctl", "--no-pager", "-u", "deguchi"), said)
		}
		if b.leader > 0 { // it outlives a systemd-nspawn that is killed
			_ = syscall.Kill(b.leader, syscall.SIGKILL)
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	children := fmt.Sprintf("/proc/%d/task/%[1]d/children", cmd.Process.Pid)
	eventually(t, "systemd runs", func() bool {
		text, _ := os.ReadFile(children)
		if pids := strings.Fields(string(text)); len(pids) > 0 {
			b.leader, _ = strconv.Atoi(pids[0])
		}
		return b.leader > 0 && slices.Contains([]string{"running\n", "degraded\n"}, b.try("systemctl", "is-system-running"))
	})
	return b
}

// path is where a file of b is here.
func (b *booted) path(name string) string { return filepath.Join(b.root, name) }

// command is a command in b.
func (b *booted) command(args ...string) *exec.Cmd {
	cmd := exec.Command("nsenter", append([]string{"-t", strconv.Itoa(b.leader), "-m", "-u", "-i", "-n", "-p", "--"}, args...)...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	return cmd
}

// try returns what a command in b prints, however it ends.
func (b *booted) try(args ...string) string {
	out, _ := b.command(args...).Output()
	return string(out)
}

func (b *booted) run(t *testing.T, args ...string) string {
	t.Helper()
	out, err := b.command(args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%q: %v\n%s", args, err, out)
	}
	return string(out)
}

// systemctl asks something of the service.
func (b *booted) systemctl(args ...string) string {
	return strings.TrimSpace(b.try(append(append([]string{"systemctl"}, args...), "deguchi.service")...))
}

// bring copies a file into b and returns where it is there.
func (b *booted) bring(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	to := "/opt/" + filepath.Base(file)
	if err := os.WriteFile(b.path(to), content, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(b.path(to)) })
	return to
}

// configure writes the configuration of p where the service reads it.
func (b *booted) configure(t *testing.T, p *proxy) {
	t.Helper()
	text, err := os.ReadFile(p.file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(b.path("etc/deguchi/deguchi.yaml"), text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// keptConfiguration checks that the operator's configuration is still there, and
// the new default beside it.
func (b *booted) keptConfiguration(t *testing.T, p *proxy, beside string) {
	t.Helper()
	want, err := os.ReadFile(p.file)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(b.path("etc/deguchi/deguchi.yaml")); err != nil || !bytes.Equal(got, want) {
		t.Errorf("the upgrade has changed the configuration: %v\n%s", err, got)
	}
	if beside != "" {
		if _, err := os.Stat(b.path("etc/deguchi/" + beside)); err != nil {
			t.Errorf("the new default is not beside it: %v", err)
		}
	}
}

// mainPID is the process of the service, as numbered in b.
func (b *booted) mainPID(t *testing.T) int {
	t.Helper()
	pid, err := strconv.Atoi(b.systemctl("show", "--property=MainPID", "--value"))
	if err != nil || pid <= 1 {
		t.Fatalf("the service has no process: %d, %v", pid, err)
	}
	return pid
}

// programOf is the file that a process in b runs.
func (b *booted) programOf(t *testing.T, pid int) string {
	t.Helper()
	return strings.TrimSpace(b.run(t, "readlink", fmt.Sprintf("/proc/%d/exe", pid)))
}

// alive reports whether a process of b runs.
func (b *booted) alive(pid int) bool {
	return b.command("test", "-d", fmt.Sprintf("/proc/%d", pid)).Run() == nil
}

// isConfined checks what the service may do, in the kernel's words.
func (b *booted) isConfined(t *testing.T) {
	t.Helper()
	status := b.run(t, "cat", fmt.Sprintf("/proc/%d/status", b.mainPID(t)))
	const bind = 1 << unix.CAP_NET_BIND_SERVICE
	for _, want := range []string{"NoNewPrivs:\t1\n", "Seccomp:\t2\n", fmt.Sprintf("CapBnd:\t%016x\n", bind)} {
		if !strings.Contains(status, want) {
			t.Errorf("the process has not %q:\n%s", want, status)
		}
	}
	if strings.Contains(status, "\nUid:\t0") {
		t.Errorf("the process is root's:\n%s", status)
	}
}

// leftovers are files of b that this machine does not have, and whose names say
// that they are ours.
func (b *booted) leftovers(t *testing.T) (left []string) {
	t.Helper()
	err := filepath.WalkDir(b.upper, func(name string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if rel, _ := filepath.Rel(b.upper, name); strings.Contains(rel, "deguchi") && filepath.Dir(rel) != "opt" {
			left = append(left, rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return left
}

// one is the file of dir that has the pattern.
func one(t *testing.T, dir, pattern string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(files) != 1 {
		t.Fatalf("%s: %q, %v; want one file", pattern, files, err)
	}
	return files[0]
}

// printed runs a program that must succeed, and returns what it prints.
func printed(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
	return string(out)
}

func appendTo(t *testing.T, file, text string) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}
