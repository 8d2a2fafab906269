package systemd

import (
	"strings"
	"testing"
)

func TestWithoutSystemd(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", "")
	t.Setenv("LISTEN_PID", "")
	t.Setenv("LISTEN_FDS", "")
	if got, err := Sockets(); len(got) > 0 || err != nil {
		t.Errorf("Sockets = %v, %v, want none", got, err)
	}
	for name, tell := range map[string]func() error{"Ready": Ready, "Reloading": Reloading, "Stopping": Stopping} {
		if err := tell(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNobodyListens(t *testing.T) {
	t.Setenv("NOTIFY_SOCKET", t.TempDir()+"/none")
	if err := Ready(); err == nil || !strings.HasPrefix(err.Error(), "telling systemd: ") {
		t.Errorf("Ready = %v, want an error", err)
	}
}
