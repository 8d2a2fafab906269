package daemon

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"

	"github.com/deguchi-project/deguchi/internal/edge/handover"
	"github.com/deguchi-project/deguchi/internal/edge/proxy"
	"github.com/deguchi-project/deguchi/internal/edge/systemd"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// adminSocket is the name of the admin listener among sockets handed over.
const adminSocket = "admin"

// openAdmin opens the admin listener, or takes it out of the sockets that were
// handed over. It returns the ports that are left.
func (d *daemon) openAdmin(ctx context.Context, cfg *config.Config, adopted []systemd.Socket) (ports []net.Listener, err error) {
	for _, s := range adopted {
		switch {
		case s.Name != adminSocket:
			ports = append(ports, s.Listener)
		case d.admin == nil && cfg.Admin != "" && proxy.SameAddress(s.Addr(), cfg.Admin):
			d.admin = s.Listener
		default: // the configuration has another one by now, or none
			_ = s.Close()
		}
	}
	if d.admin == nil && cfg.Admin != "" {
		if d.admin, err = (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.Admin); err != nil {
			return nil, fmt.Errorf("admin: %w", err)
		}
	}
	return ports, nil
}

// serves tells who waits for it that the proxy serves: the process in whose
// place it was put, which then tells systemd, or systemd itself.
func (d *daemon) serves(ctx context.Context) {
	if !d.old.Exists() {
		systemd.Ready()
		return
	}
	if err := d.old.Served(); err != nil {
		d.Log.LogAttrs(ctx, slog.LevelWarn, "the old process does not hear", slog.String("err", err.Error()))
	}
}

// handOver puts the program that stands on disk now in the place of this
// process. If that does not come to serve, this one goes on.
func (d *daemon) handOver(ctx context.Context) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	var sockets []handover.Socket
	for _, l := range d.server.Listeners() {
		sockets = append(sockets, handover.Socket{Name: "proxy", Listener: l})
	}
	if d.admin != nil {
		sockets = append(sockets, handover.Socket{Name: adminSocket, Listener: d.admin})
	}
	pid, err := handover.Start(ctx, sockets)
	if err != nil {
		d.Log.LogAttrs(ctx, slog.LevelError, "handover refused", slog.String("err", err.Error()))
		return false
	}
	if err := systemd.Succeeded(pid); err != nil {
		d.Log.LogAttrs(ctx, slog.LevelWarn, "systemd does not know the new process", slog.String("err", err.Error()))
	}
	d.Log.LogAttrs(ctx, slog.LevelInfo, "handed over", slog.Int("pid", pid), slog.Int("tunnels", d.server.Tunnels()))
	return true
}

// retire keeps what this process has accepted until it ends by itself, however
// long that takes, or until ctx ends.
func (d *daemon) retire(ctx context.Context, rotated <-chan os.Signal) {
	ended := make(chan struct{})
	go func() { d.server.Retire(ctx); close(ended) }()
	for {
		select {
		case <-ended:
			return
		case <-rotated:
			if err := d.access.Reopen(); err != nil {
				d.Log.LogAttrs(ctx, slog.LevelWarn, "access log", slog.String("err", err.Error()))
			}
		}
	}
}
