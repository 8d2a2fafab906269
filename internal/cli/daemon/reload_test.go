package daemon

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/deguchi-project/deguchi/internal/edge/remote"
	"github.com/deguchi-project/deguchi/internal/edge/resolve"
	"github.com/deguchi-project/deguchi/internal/engine/access"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// running is a daemon whose configuration tests change.
type running struct {
	*daemon
	next *config.Config
	bad  error
}

func serving(t *testing.T, src string) *running {
	t.Helper()
	r := &running{next: parsed(t, src)}
	r.daemon = newDaemon(Options{
		Source:  Source{Name: "test.yaml", Read: func(context.Context) (remote.Document, error) { return remote.Document{Name: "test.yaml"}, nil }},
		Sound:   func(string, []byte, time.Time) (*config.Config, error) { return r.next, r.bad },
		Explain: func(*http.Request, *access.Rules, access.Own) (any, error) { return nil, nil },
		Words:   error.Error, Log: slog.New(slog.DiscardHandler), Stdout: io.Discard, Version: "test",
	})
	if err := r.start(t.Context(), r.next); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.run(ctx, func() {}) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the daemon ended with %v", err)
		}
	})
	return r
}

func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}

func TestReload(t *testing.T) {
	address, dir := freeAddress(t), t.TempDir()
	src := "version: 1\nlisten: [{address: \"" + address + "\"}]\nlog: {file: " + filepath.Join(dir, "a.log") + "}\n"
	r := serving(t, src)
	digest := func() string { return r.server.Policy().Config.Digest }
	first := digest()

	r.bad = errors.New("line 3 is wrong")
	if err := r.reload(t.Context()); err == nil || digest() != first {
		t.Errorf("a bad file: %v, digest %s, want the one of before, %s", err, digest(), first)
	}
	r.bad = nil
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	r.next = parsed(t, strings.NewReplacer(address, taken.Addr().String(), "a.log", "b.log").Replace(src)+"resolve: {timeout: 2s}\n")
	if err := r.reload(t.Context()); err == nil || digest() != first {
		t.Errorf("a port that is taken: %v, digest %s, want the one of before", err, digest())
	}
	r.next = parsed(t, strings.Replace(src, "a.log", filepath.Join("missing", "b.log"), 1)+"resolve: {timeout: 2s}\n")
	if err := r.reload(t.Context()); err == nil || digest() != first {
		t.Errorf("a log that cannot be opened: %v, digest %s, want the one of before", err, digest())
	}
	resolver := r.resolver
	r.next = parsed(t, strings.Replace(src, "a.log", "b.log", 1)+"resolve: {timeout: 2s}\n")
	if err := r.reload(t.Context()); err != nil || digest() == first || r.resolver == resolver {
		t.Errorf("a good file: %v, digest %s, want a new one and a new resolver", err, digest())
	}
	if _, err := os.Stat(filepath.Join(dir, "b.log")); err != nil {
		t.Errorf("the new log: %v", err)
	}
}

func TestReloadOpensARotatedLogAnew(t *testing.T) {
	address, dir := freeAddress(t), t.TempDir()
	log := filepath.Join(dir, "access.log")
	r := serving(t, "version: 1\nlisten: [{address: \""+address+"\"}]\nlog: {file: "+log+"}\n")
	if err := os.Rename(log, log+".1"); err != nil {
		t.Fatal(err)
	}
	if err := r.reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(log); err != nil {
		t.Errorf("after rotation and reload: %v", err)
	}
}

func TestStartThatFailsLeavesNothingOpen(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	admin := freeAddress(t)
	cfg := parsed(t, "version: 1\nadmin: "+admin+"\nlisten: [{address: \""+taken.Addr().String()+"\"}]\n")
	d := &daemon{Options: Options{Log: slog.New(slog.DiscardHandler), Stdout: io.Discard}}
	if err := d.start(t.Context(), cfg); err == nil {
		t.Fatal("a port that is taken was bound")
	}
	ln, err := net.Listen("tcp", admin)
	if err != nil {
		t.Fatalf("the admin port is still held: %v", err)
	}
	_ = ln.Close()
}

// Requests that began before a reload still ask the name servers of before.
func TestReloadLeavesLookupsAlone(t *testing.T) {
	silent, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	src := "version: 1\nlisten: [{address: \"" + freeAddress(t) + "\"}]\nlimits: {connect_timeout: 2s}\nlog: {file: " + filepath.Join(t.TempDir(), "a.log") +
		"}\nresolve: {servers: [\"" + silent.LocalAddr().String() + "\"], timeout: TIMEOUT}\n"
	r := serving(t, strings.Replace(src, "TIMEOUT", "300ms", 1))
	old := r.resolver
	looked := make(chan error, 1)
	go func() { _, err := old.Lookup(t.Context(), "under-way.example"); looked <- err }()
	if _, _, err := silent.ReadFrom(make([]byte, 512)); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	r.next = parsed(t, strings.Replace(src, "TIMEOUT", "400ms", 1))
	if err := r.reload(t.Context()); err != nil || r.resolver == old {
		t.Fatalf("reload: %v; same resolver: %v", err, r.resolver == old)
	}
	if err := <-looked; time.Since(begun) < 200*time.Millisecond {
		t.Errorf("the lookup under way ended with the reload: %v", err)
	}
	var e *resolve.Error
	if _, err := old.Lookup(t.Context(), "just-begun.example"); !errors.As(err, &e) || e.Kind == resolve.Closed {
		t.Errorf("a request that had begun: %v, want the name servers' silence", err)
	}
}
