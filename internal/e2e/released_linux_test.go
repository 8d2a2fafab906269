package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// lintPackages asks Debian what it thinks of the deb, and a shell checker what of
// the scripts in both packages.
func lintPackages(t *testing.T, dir string) {
	deb, rpm := one(t, dir, "*.deb"), one(t, dir, "*.rpm")
	if out := printed(t, "lintian", "--allow-root", "--fail-on", "error,warning", deb); out != "" {
		t.Errorf("lintian finds\n%s", out)
	}
	control := t.TempDir()
	printed(t, "dpkg-deb", "-e", deb, control)
	scripts := []string{filepath.Join(control, "postinst"), filepath.Join(control, "prerm"), filepath.Join(control, "postrm")}
	for _, tag := range []string{"POSTIN", "PREUN", "POSTUN"} {
		file := filepath.Join(t.TempDir(), tag)
		if err := os.WriteFile(file, []byte(printed(t, "rpm", "-qp", "--qf", "%{"+tag+"}", rpm)), 0o600); err != nil {
			t.Fatal(err)
		}
		scripts = append(scripts, file)
	}
	printed(t, "shellcheck", append([]string{"-s", "sh"}, scripts...)...)
}

// filesOfRPM are what the rpm installs, besides man pages; c marks what an
// upgrade does not overwrite.
var filesOfRPM = []string{
	"c /etc/deguchi/deguchi.yaml",
	"  /usr/bin/deguchi",
	"  /usr/lib/systemd/system/deguchi.service",
	"  /usr/lib/systemd/system/deguchi.socket",
	"  /usr/share/bash-completion/completions/deguchi",
	"  /usr/share/fish/vendor_completions.d/deguchi.fish",
	"  /usr/share/licenses/deguchi/LICENSE",
	"  /usr/share/licenses/deguchi/licences",
	"  /usr/share/zsh/site-functions/_deguchi",
}

// testFilesOfRPM installs the rpm into an empty root with Debian's rpm.
func testFilesOfRPM(t *testing.T, dir string) {
	root := t.TempDir()
	rpm := func(args ...string) []string {
		out := printed(t, "rpm", append([]string{"--root", root}, args...)...)
		return slices.DeleteFunc(strings.Split(strings.TrimSpace(out), "\n"), func(l string) bool { return l == "" })
	}
	rpm("--initdb")
	rpm("-i", "--nodeps", "--noscripts", one(t, dir, "*.rpm"))
	changeable := rpm("-qc", "deguchi")
	var got []string
	pages := 0
	for _, name := range rpm("-ql", "deguchi") {
		info, err := os.Lstat(filepath.Join(root, name))
		switch {
		case err != nil:
			t.Error(err)
		case info.IsDir():
		case strings.HasPrefix(name, "/usr/share/man/man1/"):
			pages++
		case slices.Contains(changeable, name):
			got = append(got, "c "+name)
		default:
			got = append(got, "  "+name)
		}
		if err == nil && (info.Mode().Perm()&0o022 != 0 || info.Mode()&(os.ModeSetuid|os.ModeSetgid) != 0) {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
	slices.SortFunc(got, func(a, b string) int { return strings.Compare(a[2:], b[2:]) })
	if diff := cmp.Diff(filesOfRPM, got); diff != "" || pages < 20 {
		t.Errorf("%d man pages, and the other files are not as wanted (-want +got):\n%s", pages, diff)
	}
	if differs := rpm("-V", "--nodeps", "--nouser", "--nogroup", "deguchi"); len(differs) > 0 {
		t.Errorf("rpm -V finds %q", differs)
	}
	config := filepath.Join(root, "etc/deguchi/deguchi.yaml")
	appendTo(t, config, "# ours\n")
	rpm("-e", "--nodeps", "--noscripts", "deguchi")
	if _, err := os.Stat(config + ".rpmsave"); err != nil {
		t.Errorf("removal does not keep a configuration that was changed: %v", err)
	}
	if err := os.Remove(config + ".rpmsave"); err != nil {
		t.Fatal(err)
	}
	rpm("-i", "--nodeps", "--noscripts", one(t, dir, "*.rpm"))
	rpm("-e", "--nodeps", "--noscripts", "deguchi")
	for _, own := range []string{"etc/deguchi", "usr/share/licenses/deguchi"} {
		if _, err := os.Stat(filepath.Join(root, own)); err == nil {
			t.Errorf("removal leaves the folder %s", own)
		}
	}
}

// testImage takes the container image apart with skopeo and umoci, and runs
// what is in it, with its user and nothing else around.
func testImage(t *testing.T, dir string) {
	archive := "oci-archive:" + one(t, dir, "deguchi-image.tar")
	copied := "oci:" + filepath.Join(t.TempDir(), "layout") + ":it"
	printed(t, "skopeo", "--override-os=linux", "--override-arch="+runtime.GOARCH, "copy", archive, copied)
	for _, want := range []string{`"User": "65532:65532"`, `"org.opencontainers.image.version": "1.0.0"`, `"Entrypoint": [`} {
		if got := indented(t, printed(t, "skopeo", "inspect", "--config", copied)); !strings.Contains(got, want) {
			t.Errorf("the image's configuration has not %s:\n%s", want, got)
		}
	}
	bundle := filepath.Join(t.TempDir(), "bundle")
	printed(t, "umoci", "unpack", "--image", strings.TrimPrefix(copied, "oci:"), bundle)
	root := filepath.Join(bundle, "rootfs")
	readable(t, root)

	cmd := exec.Command("/usr/bin/deguchi", "serve", "-c", "/etc/deguchi/deguchi.yaml")
	cmd.Env = []string{"SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"}
	cmd.Dir = "/"
	p := &proxy{addr: "127.0.0.1:3128", admin: "127.0.0.1:3129", stderr: &output{}, exited: make(chan struct{})}
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: 65532, Gid: 65532}, Pdeathsig: syscall.SIGKILL}
	p.start(t, cmd)
	p.waitReady(t)
	if status, body := p.ask(t, http.MethodGet, "/status"); status != http.StatusOK || !strings.Contains(body, `"ready":true`) {
		t.Errorf("/status = %d %s", status, body)
	}
	p.signal(t, syscall.SIGTERM)
	if code := p.wait(t); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}

// indented returns a JSON document with one member a line.
func indented(t *testing.T, doc string) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(doc), "", " "); err != nil {
		t.Fatalf("%v: %s", err, doc)
	}
	return b.String()
}

// readable lets others look into the folders above dir, which are the test's.
func readable(t *testing.T, dir string) {
	t.Helper()
	for d := dir; d != os.TempDir() && d != "/"; d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}
