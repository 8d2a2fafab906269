//go:build unix

package observe

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestLineBeingWritten: who else has the file open for its lines has half of
// one in it, and writes on.
func TestLineBeingWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "access.log")
	const half = `{"up":1,"do`
	if err := os.WriteFile(file, []byte(half), 0o600); err != nil {
		t.Fatal(err)
	}
	other, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	share(other)
	l := open(t, file, nil, newJournal().logger())
	l.Write(ask(3))
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if after, ok := bytes.CutPrefix(text, []byte(half)); !ok || !json.Valid(after) {
		t.Errorf("the file is %q, want one line behind the half one", text)
	}
}

// TestRotatedBeforeUse: what the name of the log leads to by now says nothing of
// the file that is open.
func TestRotatedBeforeUse(t *testing.T) {
	file := filepath.Join(t.TempDir(), "access.log")
	l := open(t, file, nil, newJournal().logger())
	if err := os.Rename(file, file+".1"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(`{"up":1,"do`), 0o600); err != nil {
		t.Fatal(err)
	}
	l.Write(ask(1))
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(file + ".1"); err != nil || !bytes.HasPrefix(text, []byte("{")) || !json.Valid(text) {
		t.Errorf("the rotated file is %q, %v, want a line", text, err)
	}
}

// TestLockedLog: a reader that locks the file does not stop the log.
func TestLockedLog(t *testing.T) {
	file := filepath.Join(t.TempDir(), "access.log")
	l := open(t, file, nil, newJournal().logger())
	reader, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := syscall.Flock(int(reader.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	l.Write(ask(1))
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(file); err != nil || !json.Valid(text) {
		t.Errorf("the file is %q, %v, want a line", text, err)
	}
}

// TestTwoWriters: a proxy that hands over writes big blocks while others begin.
func TestTwoWriters(t *testing.T) {
	file := filepath.Join(t.TempDir(), "access.log")
	old := open(t, file, nil, newJournal().logger())
	r := *ask(1)
	for range 200 {
		for range 200 {
			old.Write(&r)
		}
		next := open(t, file, nil, newJournal().logger())
		next.Write(ask(2))
		if err := next.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		if !json.Valid(line) {
			t.Fatalf("line %q", line)
		}
	}
}
