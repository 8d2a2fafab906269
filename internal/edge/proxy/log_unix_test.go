//go:build unix

package proxy

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/deguchi-project/deguchi/internal/edge/observe"
	"github.com/deguchi-project/deguchi/internal/model/config"
	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// A disk that is full and a collector that has stopped reading hold up no tunnel,
// neither one that begins nor one that ends; their lines are counted as lost.
func TestLogThatCannotBeWrittenHoldsUpNothing(t *testing.T) {
	stuck := filepath.Join(t.TempDir(), "collector")
	if err := unix.Mkfifo(stuck, 0o600); err != nil {
		t.Fatal(err)
	}
	reader, err := unix.Open(stuck, unix.O_RDONLY|unix.O_NONBLOCK, 0) // and never reads
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Close(reader) }()
	for name, file := range map[string]string{"a full disk": "/dev/full", "a collector that has stopped": stuck} {
		t.Run(name, func(t *testing.T) {
			var s unix.Stat_t
			requiretest.That(t, unix.Stat(file, &s) == nil, file)
			f := start(t, permissive+"limits: {tunnels_per_client: 5000}\n")
			log, err := observe.OpenLog(file, config.LogJSON, nil, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			before := f.SwapLog(log)
			defer f.SwapLog(before)
			origin := echoServer(t)
			const n = 500 // lines of some 400 bytes: more than a pipe holds
			begun := time.Now()
			for range n {
				c := f.tunnel(origin)
				c.echo("x")
				_ = c.Close()
			}
			if took := time.Since(begun); took > 15*time.Second { // a write that is stuck takes one each
				t.Errorf("%d tunnels took %v", n, took)
			}
			for end := time.Now().Add(5 * time.Second); f.Tunnels() > 0 && time.Now().Before(end); {
				time.Sleep(time.Millisecond)
			}
			if live := f.Tunnels(); live != 0 {
				t.Errorf("%d tunnels have not ended", live)
			}
			if err := log.Close(); err == nil || log.Lost() == 0 {
				t.Errorf("Close = %v with %d lines lost, want those that could not be written", err, log.Lost())
			}
		})
	}
}
