package observe

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/model/config"
)

// disk is a writer with room for so many bytes; what does not fit is written
// in part, as a file system does.
type disk struct {
	mu   sync.Mutex
	room int
	text bytes.Buffer
}

func (d *disk) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := min(len(p), d.room)
	d.room -= n
	d.text.Write(p[:n])
	if n < len(p) {
		return n, syscall.ENOSPC
	}
	return n, nil
}

func (d *disk) grow(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.room += n
}

func (d *disk) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.String()
}

// journal is a logger whose lines tests read, without their times.
type journal struct{ disk }

func newJournal() *journal { return &journal{disk{room: 1 << 30}} }

func (j *journal) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(j, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

func open(t *testing.T, file string, stdout io.Writer, logger *slog.Logger) *AccessLog {
	t.Helper()
	l, err := OpenLog(file, config.LogJSON, stdout, logger)
	if err != nil {
		t.Fatalf("OpenLog(%q): %v", file, err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// ask makes a record that tells of the nth request.
func ask(n int) *Record { return with(func(r *Record) { r.Up = int64(n) }) }

// requests returns which requests the lines of text tell of, in order. Every
// line must be a whole one.
func requests(t *testing.T, text string) []int {
	t.Helper()
	var all []int
	for line := range strings.Lines(text) {
		var r struct{ Up int }
		if err := json.Unmarshal([]byte(line), &r); err != nil || !strings.HasSuffix(line, "\n") {
			t.Errorf("line %q: %v", line, err)
		}
		all = append(all, r.Up)
	}
	return all
}

func upTo(n int) []int {
	var all []int
	for i := range n {
		all = append(all, i)
	}
	return all
}

func TestLinesAreWrittenAtOnceAndThenGathered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{room: 1 << 30}
		l := open(t, "-", d, newJournal().logger())
		l.Write(ask(0))
		synctest.Wait()
		if diff := cmp.Diff([]int{0}, requests(t, d.String())); diff != "" {
			t.Errorf("lines at once (-want +got):\n%s", diff)
		}
		l.Write(ask(1))
		l.Write(ask(2))
		time.Sleep(pause)
		synctest.Wait()
		if diff := cmp.Diff([]int{0, 1, 2}, requests(t, d.String())); diff != "" {
			t.Errorf("lines %v later (-want +got):\n%s", pause, diff)
		}
	})
}

func TestCloseWritesWhatIsLeft(t *testing.T) {
	d := &disk{room: 1 << 30}
	l := open(t, "-", d, newJournal().logger())
	const n = 10_000
	for i := range n {
		l.Write(ask(i))
	}
	if err := l.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if diff := cmp.Diff(upTo(n), requests(t, d.String())); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	l.Write(ask(n))
	if got := l.Lost(); got != 1 {
		t.Errorf("Lost after a Write after Close = %d, want 1", got)
	}
	if err := l.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

// TestFullDisk: nothing waits, nothing is torn, everything is told of.
func TestFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		line := len(appendJSON(nil, ask(0)))
		d, j := &disk{room: line + line/2}, newJournal()
		l := open(t, "-", d, j.logger())
		for i := range 5 {
			l.Write(ask(i))
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(150 * time.Second)
		if l.Lost() != 0 {
			t.Errorf("Lost with room in the buffer = %d", l.Lost())
		}
		l.lines.most = int(l.lines.size.Load())
		l.Write(ask(99))
		l.Write(ask(99))
		d.grow(1 << 20)
		time.Sleep(maxRetry)
		synctest.Wait()
		if diff := cmp.Diff(upTo(5), requests(t, d.String())); diff != "" {
			t.Errorf("lines (-want +got):\n%s", diff)
		}
		warning := `level=WARN msg="access log cannot be written" file=- lost=0 err="no space left on device"` + "\n"
		want := strings.Repeat(warning, 3) + `level=WARN msg="access log is written again" file=- lost=2` + "\n"
		if diff := cmp.Diff(want, j.String()); diff != "" {
			t.Errorf("log of 150 s (-want +got):\n%s", diff)
		}
	})
}

func TestCloseGivesUpOnAFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &disk{room: 10}
		l := open(t, "-", d, newJournal().logger())
		for i := range 5000 { // many chunks
			l.Write(ask(i))
		}
		start := time.Now()
		err := l.Close()
		if err == nil || l.Lost() != 5000 || time.Since(start) > farewell {
			t.Errorf("Close = %v after %v, Lost = %d, want 5000 lines lost at once", err, time.Since(start), l.Lost())
		}
	})
}

// TestStdoutThatNobodyReads: no error comes, and no deadline helps.
func TestStdoutThatNobodyReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		j := newJournal()
		l := open(t, "-", w, j.logger())
		l.lines.most = 10 * len(appendJSON(nil, ask(0)))
		for i := range 15 {
			l.Write(ask(i % 10))
		}
		if got := l.Lost(); got != 5 {
			t.Errorf("Lost = %d, want 5", got)
		}
		var text strings.Builder
		go func() { _, _ = io.Copy(&text, r) }()
		time.Sleep(time.Second)
		synctest.Wait()
		if diff := cmp.Diff(upTo(10), requests(t, text.String())); diff != "" {
			t.Errorf("lines (-want +got):\n%s", diff)
		}
		if want := `level=WARN msg="access log lost lines: what reads it is too slow" file=- lost=5` + "\n"; j.String() != want {
			t.Errorf("log = %q, want %q", j.String(), want)
		}
		if err := l.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		w.Close()
	})
}

func TestCloseWaitsForABoundedTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		l := open(t, "-", w, newJournal().logger())
		l.Write(ask(0))
		synctest.Wait()
		start := time.Now()
		if err := l.Close(); err == nil || time.Since(start) != farewell {
			t.Errorf("Close = %v after %v, want an error after %v", err, time.Since(start), farewell)
		}
		r.Close()
		<-l.closed
	})
}

func TestReopen(t *testing.T) {
	file := filepath.Join(t.TempDir(), "access.log")
	l := open(t, file, nil, newJournal().logger())
	const files, each = 5, 400
	for i := range files {
		for n := range each {
			l.Write(ask(i*each + n))
		}
		if err := os.Rename(file, fmt.Sprintf("%s.%d", file, i)); err != nil {
			t.Fatal(err)
		}
		if err := l.Reopen(); err != nil {
			t.Fatalf("Reopen: %v", err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	var text []byte
	for i := range files + 1 {
		name := fmt.Sprintf("%s.%d", file, i)
		if i == files {
			name = file
		}
		part, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, part...)
	}
	if diff := cmp.Diff(upTo(files*each), requests(t, string(text))); diff != "" {
		t.Errorf("lines of all files (-want +got):\n%s", diff)
	}
}

func TestReopenThatFails(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "log")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "access.log")
	l := open(t, file, nil, newJournal().logger())
	if err := os.Rename(dir, dir+".old"); err != nil {
		t.Fatal(err)
	}
	if err := l.Reopen(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Reopen without its folder = %v, want ErrNotExist", err)
	}
	l.Write(ask(0))
	if err := l.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	text, err := os.ReadFile(filepath.Join(dir+".old", "access.log"))
	if diff := cmp.Diff([]int{0}, requests(t, string(text))); diff != "" || err != nil {
		t.Errorf("lines in the old file: %v (-want +got):\n%s", err, diff)
	}
}

// TestReopenInsideALine: the rest of a line that the old file had no room for
// does not begin the new one.
func TestReopenInsideALine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		line := len(appendJSON(nil, ask(0)))
		full := &disk{room: line + line/2}
		l := open(t, "-", full, newJournal().logger())
		l.Write(ask(0))
		synctest.Wait()
		l.Write(ask(1))
		time.Sleep(time.Second)
		empty := &disk{room: 1 << 20}
		l.reopened <- &sink{Writer: empty}
		synctest.Wait()
		time.Sleep(time.Second)
		if diff := cmp.Diff([]int{1}, requests(t, empty.String())); diff != "" {
			t.Errorf("lines of the new file (-want +got):\n%s", diff)
		}
	})
}

// TestTornFile: the writer before us died in the middle of a line.
func TestTornFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "access.log")
	if err := os.WriteFile(file, []byte(`{"up":1}`+"\n"+`{"up":2,"do`), 0o600); err != nil {
		t.Fatal(err)
	}
	l := open(t, file, nil, newJournal().logger())
	l.Write(ask(3))
	if err := l.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	torn, rest, _ := strings.Cut(string(text), "{\"up\":2,\"do\n")
	if diff := cmp.Diff([]int{1, 3}, requests(t, torn+rest)); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestOpenLogRefuses(t *testing.T) {
	if l, err := OpenLog(filepath.Join(t.TempDir(), "no", "access.log"), config.LogJSON, nil, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("OpenLog in no folder = %v, %v, want ErrNotExist", l, err)
	}
	if l, err := OpenLog(t.TempDir(), config.LogJSON, nil, nil); err == nil {
		t.Errorf("OpenLog of a folder = %v, want an error", l)
	}
}

func TestSquidHasNoLineForTunnelsThatOpen(t *testing.T) {
	d := &disk{room: 1 << 20}
	l, err := OpenLog("-", config.LogSquid, d, newJournal().logger())
	if err != nil {
		t.Fatal(err)
	}
	l.Write(with(func(r *Record) { r.Event = Open }))
	l.Write(tunnel())
	if err := l.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if got := d.String(); strings.Count(got, "\n") != 1 || !squidLine.MatchString(got) {
		t.Errorf("log = %q, want one line", got)
	}
}

func TestNilAccessLog(t *testing.T) {
	var l *AccessLog
	l.Write(tunnel())
	if err := errors.Join(l.Reopen(), l.Close()); err != nil || l.Lost() != 0 {
		t.Errorf("a nil log: %v, %d lost", err, l.Lost())
	}
}

func BenchmarkWrite(b *testing.B) {
	for name, format := range map[string]config.LogFormat{"json": config.LogJSON, "squid": config.LogSquid} {
		b.Run(name, func(b *testing.B) {
			l, err := OpenLog(filepath.Join(b.TempDir(), "access.log"), format, nil, newJournal().logger())
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			r := tunnel()
			b.ReportAllocs()
			for b.Loop() {
				l.Write(r)
			}
			b.ReportMetric(float64(l.Lost())/float64(b.N), "lost/op")
		})
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	r, line := tunnel(), make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		line = appendJSON(line[:0], r)
	}
}
