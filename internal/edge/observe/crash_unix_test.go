//go:build unix

package observe

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/model/config"
	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// TestKill kills a process that logs: what it handed over a few milliseconds
// before must be in the file.
func TestKill(t *testing.T) {
	const variable = "DEGUCHI_TEST_LOG"
	if file := os.Getenv(variable); file != "" {
		l := open(t, file, nil, newJournal().logger())
		for i := range 100 {
			l.Write(ask(i))
		}
		time.Sleep(20 * time.Millisecond) // the promise: "a few", on a busy machine
		_, _ = os.Stdout.WriteString("written\n")
		select {}
	}
	file := filepath.Join(t.TempDir(), "access.log")
	child := exec.Command(os.Args[0], "-test.run=^TestKill$")
	child.Env = append(os.Environ(), variable+"="+file)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "written\n" {
		t.Errorf("child said %q, %v", line, err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(upTo(100), requests(t, string(text))); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

// TestFIFO: a collector that is not there yet, is slow, goes away, comes back.
func TestFIFO(t *testing.T) {
	file := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(file, 0o600); err != nil {
		t.Fatal(err)
	}
	l := open(t, file, nil, newJournal().logger())
	const n = 1000 // more than the pipe holds
	for i := range n {
		l.Write(ask(i))
	}
	for range 2 {
		reader, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		lines := bufio.NewScanner(reader)
		lines.Scan() // may be half of one that the reader before took with it
		for i := 0; i < n/4 && lines.Scan(); i++ {
			got.WriteString(lines.Text() + "\n")
		}
		if want := n / 4; len(requests(t, got.String())) != want {
			t.Errorf("read %d lines, want %d", len(requests(t, got.String())), want)
		}
		reader.Close()
		for i := range n {
			l.Write(ask(i))
		}
	}
	start := time.Now()
	if err := l.Close(); err == nil || time.Since(start) > 2*farewell {
		t.Errorf("Close with nobody reading = %v after %v, want lines lost, soon", err, time.Since(start))
	}
}

func TestDevFull(t *testing.T) {
	_, err := os.Stat("/dev/full")
	requiretest.That(t, err == nil, "/dev/full")
	j := newJournal()
	l := open(t, "/dev/full", nil, j.logger())
	for i := range 100 {
		l.Write(ask(i))
	}
	if err := l.Close(); err == nil || l.Lost() != 100 {
		t.Errorf("Close = %v, Lost = %d, want 100 lines lost", err, l.Lost())
	}
	if !strings.Contains(j.String(), "no space left on device") {
		t.Errorf("log = %q", j.String())
	}
}

// TestFileSizeLimit: the signal that comes with it must not kill, and half a
// line is no line.
func TestFileSizeLimit(t *testing.T) {
	const variable = "DEGUCHI_TEST_LIMIT"
	if file := os.Getenv(variable); file != "" {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1000, Max: 1000}); err != nil {
			t.Fatal(err)
		}
		l, err := OpenLog(file, config.LogJSON, nil, newJournal().logger())
		if err != nil {
			t.Fatal(err)
		}
		for i := range 10 {
			l.Write(ask(i))
		}
		if err := l.Close(); err == nil || l.Lost() == 0 {
			t.Errorf("Close = %v, Lost = %d", err, l.Lost())
		}
		return
	}
	file := filepath.Join(t.TempDir(), "access.log")
	child := exec.Command(os.Args[0], "-test.run=^TestFileSizeLimit$")
	child.Env = append(os.Environ(), variable+"="+file)
	if out, err := child.CombinedOutput(); err != nil {
		t.Errorf("child: %v\n%s", err, out)
	}
	if info, err := os.Stat(file); err != nil || info.Size() != 1000 {
		t.Fatalf("file: %v, want 1000 bytes of it", err)
	}
	l := open(t, file, nil, newJournal().logger())
	l.Write(ask(99))
	if err := errors.Join(l.Close()); err != nil {
		t.Errorf("Close: %v", err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	last := lines[len(lines)-2]
	if diff := cmp.Diff([]int{99}, requests(t, last)); diff != "" {
		t.Errorf("last line (-want +got):\n%s", diff)
	}
}
