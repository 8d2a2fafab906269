package daemon

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/deguchi-project/deguchi/internal/edge/observe"
	"github.com/deguchi-project/deguchi/internal/edge/remote"
	"github.com/deguchi-project/deguchi/internal/edge/resolve"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// reload reads the configuration again, now, and puts it in force. If anything
// is wrong with it, or something that it asks for cannot be had, all that was
// in force stays. The access log is opened anew in any case: that is how log
// rotation asks for it, whatever has become of the configuration.
func (d *daemon) reload(ctx context.Context) error {
	d.loading.Lock()
	defer d.loading.Unlock()
	if d.server.Draining() {
		return errStopped
	}
	doc, err := d.feed.read(ctx)
	if err == nil {
		err = d.take(ctx, doc)
	} else {
		d.metrics.Reloaded(false, time.Now())
	}
	if err != nil {
		d.reopen(ctx)
	}
	return err
}

// look reads the configuration between reloads and puts it in force if it has
// changed.
func (d *daemon) look(ctx context.Context) {
	d.loading.Lock()
	defer d.loading.Unlock()
	if !d.server.Draining() {
		d.feed.look(ctx, d.take)
	}
}

// take puts doc in force, or nothing of it. Who calls it holds loading.
func (d *daemon) take(ctx context.Context, doc remote.Document) (err error) {
	defer func() {
		if err != nil {
			d.metrics.Reloaded(false, time.Now())
		}
	}()
	cfg, err := d.sound(doc)
	if err != nil {
		return err
	}
	old := d.server.Policy().Config
	next, err := d.parts(old, cfg)
	if err != nil {
		return err
	}
	if err := d.server.Swap(ctx, d.policy(cfg, next.resolver)); err != nil {
		next.discard(d)
		return err
	}
	d.install(ctx, old, next)
	d.feed.accept(doc, cfg, false)
	d.feed.refused = remote.Document{}
	d.inForce(ctx, "reloaded", cfg)
	if cfg.Admin != old.Admin {
		d.Log.LogAttrs(ctx, slog.LevelWarn, "the admin address changes at the next start only", slog.String("admin", cfg.Admin))
	}
	return nil
}

// parts are what a configuration needs besides rules: new ones where it differs
// from the one in force, else the same.
type parts struct {
	resolver *resolve.Resolver
	access   *observe.AccessLog
}

func (d *daemon) parts(old, cfg *config.Config) (p parts, err error) {
	p = parts{d.resolver, d.access}
	a, b := old.Resolve, cfg.Resolve
	if !slices.Equal(a.Servers, b.Servers) || a.Timeout != b.Timeout || a.Cache != b.Cache {
		if p.resolver, err = newResolver(cfg); err != nil {
			return p, err
		}
	}
	if old.Log.File != cfg.Log.File || old.Log.Format != cfg.Log.Format {
		p.access, err = observe.OpenLog(cfg.Log.File, cfg.Log.Format, d.Stdout, d.Log)
		if err != nil {
			p.access = d.access
			p.discard(d)
		}
	}
	return p, err
}

// discard ends the parts that are not d's own.
func (p parts) discard(d *daemon) {
	if p.resolver != d.resolver {
		p.resolver.Close()
	}
	if p.access != d.access {
		_ = p.access.Close() // nothing was written to it
	}
}

// install makes p d's own and ends what it replaces.
func (d *daemon) install(ctx context.Context, before *config.Config, p parts) {
	was := parts{d.resolver, d.access}
	d.mu.Lock()
	d.resolver, d.access = p.resolver, p.access
	d.mu.Unlock()
	if was.resolver != p.resolver {
		// Requests that began before may ask it for as long as connecting may take.
		time.AfterFunc(before.Limits.ConnectTimeout, was.resolver.Close)
	}
	if was.access == p.access {
		d.reopen(ctx)
	} else if err := d.server.SwapLog(p.access).Close(); err != nil {
		d.Log.LogAttrs(ctx, slog.LevelWarn, "access log", slog.String("err", err.Error()))
	}
}

// reopen opens the access log anew.
func (d *daemon) reopen(ctx context.Context) {
	if err := d.access.Reopen(); err != nil {
		d.Log.LogAttrs(ctx, slog.LevelWarn, "access log", slog.String("err", err.Error()))
	}
}
