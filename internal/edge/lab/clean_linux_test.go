package lab_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// traces are what a lab could leave behind on the machine that this test sees.
type traces struct {
	mounts, temporary, shared, interfaces string
	processes                             int
}

// look takes stock. Other programs make and remove files meanwhile: only names
// that a lab gives count.
func look(t *testing.T, mark string) traces {
	t.Helper()
	read := func(name string) string {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	names := func(pattern string) string {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(found, " ")
	}
	tr := traces{
		mounts: read("/proc/self/mounts"), interfaces: names("/sys/class/net/*"),
		temporary: names(filepath.Join(os.TempDir(), "lab*")) + names("/run/deguchi-lab*"), shared: names("/dev/shm/*vpce0*"),
	}
	all, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range all {
		if b, err := os.ReadFile(name); err == nil && strings.Contains(string(b), mark) {
			tr.processes++
		}
	}
	return tr
}

// TestKilled kills a lab in the middle, with SIGKILL, and finds nothing left of
// it: no process, no mount, no interface, no file.
func TestKilled(t *testing.T) {
	needs(t)
	requiretest.Program(t, "curl")
	mark := fmt.Sprintf("DEGUCHI_LAB_TEST=%d", time.Now().UnixNano())
	before := look(t, mark)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	// This test runs in namespaces itself; the other process makes new ones below.
	cmd := exec.CommandContext(ctx, "/proc/self/exe", "lab", "run", "--keep", "--only", "no test has such a name", "../../../examples/story-b-ten-routes.yaml")
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "DEGUCHI_LAB") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, mark)
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stands := false
	for lines := bufio.NewScanner(said); !stands && lines.Scan(); {
		stands = strings.Contains(lines.Text(), "nsenter")
	}
	if !stands {
		t.Fatal("the lab does not stand")
	}
	during := look(t, mark)
	if during.processes < 3 { // the command, itself in namespaces, and the proxy
		t.Errorf("%d processes while it runs, want 3 or more", during.processes)
	}
	if during.interfaces != before.interfaces || during.mounts != before.mounts {
		t.Errorf("something of the lab can be seen outside: interfaces %s, mounts\n%s", during.interfaces, during.mounts)
	}
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	began := time.Now()
	after := look(t, mark)
	for after != before && time.Since(began) < 10*time.Second {
		time.Sleep(10 * time.Millisecond)
		after = look(t, mark)
	}
	if after != before {
		t.Errorf("left behind: %+v\nbefore: %+v", after, before)
	}
	t.Logf("%d processes were gone after %v", during.processes, time.Since(began))
}
