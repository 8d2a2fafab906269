package e2e

import (
	"errors"
	"net/http"
	"strings"
	"syscall"
	"testing"
)

func TestDrainLetsTunnelsFinish(t *testing.T) {
	t.Parallel()
	p := startProxy(t, setup{more: "limits: {drain: 30s}"})
	s := openSession(t, p)
	s.mustSay(t, "before")
	p.signal(t, syscall.SIGTERM)

	eventually(t, "/readyz answers 503", func() bool {
		status, _ := p.ask(t, http.MethodGet, "/readyz")
		return status == http.StatusServiceUnavailable
	})
	if status, _ := p.ask(t, http.MethodGet, "/healthz"); status != http.StatusOK {
		t.Errorf("/healthz = %d while draining, want 200", status)
	}
	eventually(t, "new connections are refused", func() bool {
		c, err := p.tryDial("")
		if err == nil {
			_ = c.Close()
		}
		return errors.Is(err, syscall.ECONNREFUSED)
	})
	s.mustSay(t, "still here")
	s.hangUp(t)
	if code := p.wait(t); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	if got := p.log.end(t, channelHost); got.Err != "" || got.Verdict != "allowed" {
		t.Errorf("log: %+v", got)
	}
}

func TestDrainCutsWhatStays(t *testing.T) {
	t.Parallel()
	p := startProxy(t, setup{more: "limits: {drain: 300ms}"})
	s := openSession(t, p)
	s.mustSay(t, "before")
	p.signal(t, syscall.SIGTERM)
	s.ended(t)
	if code := p.wait(t); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	if got := p.log.end(t, channelHost); !strings.Contains(got.Err, "drain") || got.Up == 0 || got.Down == 0 {
		t.Errorf("log: %+v, want an err that names the drain time", got)
	}
}

func TestSecondSignalEndsTheDrain(t *testing.T) {
	t.Parallel()
	p := startProxy(t, setup{more: "limits: {drain: 1h}"})
	s := openSession(t, p)
	p.signal(t, syscall.SIGTERM)
	eventually(t, "the proxy drains", func() bool { return strings.Contains(p.stderr.String(), "msg=draining") })
	p.signal(t, syscall.SIGTERM)
	s.ended(t)
	if code := p.wait(t); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}
