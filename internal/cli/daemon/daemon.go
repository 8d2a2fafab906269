// Package daemon is a running "deguchi serve": it opens what a configuration
// asks for, runs the proxy and its admin listener, reloads on SIGHUP, or when
// what stands in AWS has changed, makes room for a newer program on SIGUSR2 and
// ends in order on SIGTERM. What a configuration means, and whether it is sound,
// others decide.
package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/handover"
	"github.com/deguchi-project/deguchi/internal/edge/observe"
	"github.com/deguchi-project/deguchi/internal/edge/proxy"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/admin"
	"github.com/deguchi-project/deguchi/internal/edge/resolve"
	"github.com/deguchi-project/deguchi/internal/edge/systemd"
	"github.com/deguchi-project/deguchi/internal/engine/access"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// Options are what a daemon needs of the command line.
type Options struct {
	Source Source
	// Sound returns the configuration text, called name, if nothing is wrong with it.
	Sound func(name string, text []byte, now time.Time) (*config.Config, error)
	// Explain answers GET /explain by rules, knowing the proxy's own addresses.
	Explain func(r *http.Request, rules *access.Rules, own access.Own) (any, error)
	// Words puts an error in words.
	Words   func(error) string
	Log     *slog.Logger
	Stdout  io.Writer // of the access log, where the configuration says "-"
	Lang    reason.Lang
	Version string
}

// Run serves until ctx ends or a signal asks it to stop. A second signal cuts
// the tunnels that are still there.
func Run(ctx context.Context, o Options) error {
	ctx, release := signal.NotifyContext(ctx, stopSignals...)
	defer release()
	if len(ignoredSignals) > 0 {
		signal.Ignore(ignoredSignals...)
		defer signal.Reset(ignoredSignals...)
	}
	if o.Source.Every > 0 && o.Source.Copy == nil {
		o.Log.LogAttrs(ctx, slog.LevelWarn, reason.New("cli.serve.no-state").In(o.Lang)) //nolint:sloglint // the notice is the message
	}
	d := newDaemon(o)
	if len(handoverSignals) > 0 { // first of all: unheard, the signal would end the process
		signal.Notify(d.newer, handoverSignals...)
		defer signal.Stop(d.newer)
	}
	cfg, err := d.first(ctx)
	if err != nil {
		return err
	}
	if err := d.startOn(ctx, cfg); err != nil {
		return err
	}
	return d.run(ctx, release)
}

// daemon is the proxy, its admin listener, and what a reload replaces.
type daemon struct {
	Options
	metrics *observe.Metrics
	server  *proxy.Server
	admin   net.Listener // nil if there is none
	started time.Time
	old     handover.Old   // the process in whose place this one was put
	newer   chan os.Signal // asks for a handover

	loading sync.Mutex // held from reading a configuration until it is in force or refused
	feed    feed

	mu       sync.Mutex // a reload replaces these
	access   *observe.AccessLog
	resolver *resolve.Resolver
}

func newDaemon(o Options) *daemon {
	return &daemon{
		Options: o, started: time.Now(), feed: feed{Source: o.Source, log: o.Log, words: o.Words},
		old: handover.FromOld(), newer: make(chan os.Signal, 1),
	}
}

// start opens everything that cfg asks for, begins to accept and says so. If
// something cannot be opened, nothing stays open.
func (d *daemon) start(ctx context.Context, cfg *config.Config) (err error) {
	defer func() {
		if err != nil {
			d.abandon()
		}
	}()
	adopted, err := systemd.Sockets()
	if err != nil {
		return err
	}
	ports, err := d.openAdmin(ctx, cfg, adopted)
	if err != nil {
		return err
	}
	if d.resolver, err = newResolver(cfg); err != nil {
		return err
	}
	if d.access, err = observe.OpenLog(cfg.Log.File, cfg.Log.Format, d.Stdout, d.Log); err != nil {
		return fmt.Errorf("access log: %w", err)
	}
	d.metrics = observe.NewMetrics(d.Version, observe.Sources{
		OpenTunnels: func() int { return d.server.Tunnels() },
		LogLost:     func() uint64 { return d.server.AccessLog().Lost() },
		DNS:         d.dnsCost,
	})
	d.feed.metrics = d.metrics
	if d.feed.Every > 0 {
		d.metrics.Watch()
	}
	d.server = proxy.New(d.policy(cfg, d.resolver), d.access, proxy.Options{Log: d.Log, Metrics: d.metrics})
	if err := d.server.Listen(ctx, ports); err != nil {
		return err
	}
	d.inForce(ctx, "serving", cfg)
	if d.feed.refused.Name != "" { // and the copy serves
		d.metrics.Reloaded(false, time.Now())
	}
	return nil
}

// abandon ends what start has opened before it failed.
func (d *daemon) abandon() {
	now, cancel := context.WithCancel(context.Background())
	cancel()
	if d.admin != nil {
		_ = d.admin.Close()
	}
	if d.server != nil {
		d.server.Shutdown(now)
	}
	if d.resolver != nil {
		d.resolver.Close()
	}
	_ = d.access.Close() // a nil log has nothing to close; the first error is told
	d.admin, d.server, d.resolver, d.access = nil, nil, nil, nil
}

func (d *daemon) policy(cfg *config.Config, r *resolve.Resolver) *proxy.Policy {
	return &proxy.Policy{Config: cfg, Rules: access.Compile(cfg), Resolver: r}
}

// inForce tells metrics and the log that cfg now decides.
func (d *daemon) inForce(ctx context.Context, event string, cfg *config.Config) {
	d.metrics.Configure(labelsOf(cfg))
	d.metrics.Reloaded(true, time.Now())
	d.feed.tell()
	d.feed.keep(ctx)
	d.Log.LogAttrs(ctx, slog.LevelInfo, event, //nolint:sloglint // one of two constants of the callers
		append([]slog.Attr{slog.Any("listen", d.server.Addrs())}, d.feed.attrs()...)...)
	for _, n := range notices(cfg, time.Now()) {
		d.Log.LogAttrs(ctx, slog.LevelWarn, n.In(d.Lang)) //nolint:sloglint // the notice is the message
	}
}

// run waits for signals and ends in order. release gives the stop signals back,
// so that a second one is heard by whoever asks next.
func (d *daemon) run(ctx context.Context, release func()) error {
	adminCtx, stopAdmin := context.WithCancel(context.WithoutCancel(ctx))
	var serving sync.WaitGroup
	defer serving.Wait()
	defer stopAdmin()
	if d.admin != nil {
		serving.Go(func() {
			if err := admin.Serve(adminCtx, d.admin, d.adminOptions(ctx)); err != nil {
				d.Log.LogAttrs(ctx, slog.LevelError, "admin listener failed", slog.String("err", err.Error()))
			}
		})
	}
	if d.feed.Every > 0 {
		serving.Go(func() { poll(ctx, d.feed.Every, d.look) })
	}
	hup := make(chan os.Signal, 1)
	if len(reloadSignals) > 0 {
		signal.Notify(hup, reloadSignals...)
		defer signal.Stop(hup)
	}
	d.serves(ctx)
	for {
		select {
		case <-d.newer:
			if d.handOver(ctx) {
				stopAdmin()
				d.retire(ctx, hup)
				release()
				return d.drain()
			}
		case <-hup:
			systemd.Reloading()
			if err := d.reload(ctx); err != nil {
				d.Log.LogAttrs(ctx, slog.LevelError, "reload refused", slog.String("err", d.Words(err)))
			}
			systemd.Ready()
		case <-ctx.Done():
			systemd.Stopping()
			release()
			return d.drain()
		}
	}
}

// drain lets tunnels finish for limits.drain, or until a second signal, and
// ends everything.
func (d *daemon) drain() error {
	limit := d.server.Policy().Config.Limits.Drain
	ctx, stop := signal.NotifyContext(context.Background(), stopSignals...)
	defer stop()
	d.Log.LogAttrs(ctx, slog.LevelInfo, "draining", slog.Duration("limit", limit), slog.Int("tunnels", d.server.Tunnels()))
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cut := d.server.Shutdown(ctx)
	d.Log.LogAttrs(ctx, slog.LevelInfo, "stopped", slog.Int("cut", cut))
	d.loading.Lock() // until a reload under way has given up
	defer d.loading.Unlock()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.resolver.Close()
	return d.access.Close()
}

// adminOptions is what the admin listener shows and does.
func (d *daemon) adminOptions(ctx context.Context) admin.Options {
	return admin.Options{
		Server: d.server, Metrics: d.metrics.Handler(), Log: d.Log,
		Explain: func(r *http.Request) (any, error) { return d.Explain(r, d.server.Policy().Rules, d.server.Own) },
		Reload:  func() error { return d.reload(ctx) },
		Version: d.Version, Started: d.started,
	}
}

func newResolver(cfg *config.Config) (*resolve.Resolver, error) {
	return resolve.New(resolve.Options{Servers: cfg.Resolve.Servers, Timeout: cfg.Resolve.Timeout, Cache: cfg.Resolve.Cache})
}

func (d *daemon) dnsCost() observe.DNS {
	d.mu.Lock()
	r := d.resolver
	d.mu.Unlock()
	s := r.Stats()
	return observe.DNS{Lookups: s.Lookups, Queries: s.Queries, Hits: s.Hits, Failures: s.Failures, Names: s.Names}
}

var errStopped = errors.New("the proxy is stopping")
