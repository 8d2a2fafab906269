package e2e

import (
	"os"
	"syscall"
	"testing"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

func TestOpenLineSurvivesKill(t *testing.T) {
	t.Parallel()
	p := startProxy(t, setup{log: ", open: true"})
	s := openSession(t, p)
	s.mustSay(t, "whoami")
	p.signal(t, syscall.SIGKILL)
	p.wait(t)
	var opened []line
	for _, v := range p.log.lines(t) {
		if v.Event == "open" && v.Host == channelHost {
			opened = append(opened, v)
		}
	}
	if len(opened) != 1 || opened[0].Verdict != "allowed" || opened[0].Rule != "tokyo" || opened[0].Addr == "" {
		t.Errorf("after kill -9 the log has %+v, want the beginning of the tunnel", opened)
	}
}

func TestOpenAndEndShareATrace(t *testing.T) {
	t.Parallel()
	p := startProxy(t, setup{log: ", open: true"})
	s := openSession(t, p)
	s.hangUp(t)
	end := p.log.end(t, channelHost)
	open := p.log.find(t, "the beginning", func(v line) bool { return v.Event == "open" })
	if open.Trace != end.Trace || open.Config != end.Config {
		t.Errorf("begins as %+v, ends as %+v", open, end)
	}
}

func TestFullDiskUnderTheLog(t *testing.T) {
	t.Parallel()
	requiretest.Linux(t)
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Fatal(err)
	}
	p := startProxy(t, setup{logFile: "/dev/full", log: ", open: true"})
	s := openSession(t, p)
	for range 100 {
		if err := openAndClose(p); err != nil {
			t.Fatalf("with a full disk under the log: %v", err)
		}
	}
	s.mustSay(t, "still here")
}
