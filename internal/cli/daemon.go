package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"slices"
	"sync"
	"time"

	"github.com/deguchi-project/deguchi/internal/edge/observe"
	"github.com/deguchi-project/deguchi/internal/edge/proxy"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/admin"
	"github.com/deguchi-project/deguchi/internal/edge/resolve"
	"github.com/deguchi-project/deguchi/internal/edge/systemd"
	"github.com/deguchi-project/deguchi/internal/engine/access"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// daemon is a running "deguchi serve": the proxy, its admin listener, and what
// a reload replaces.
type daemon struct {
	*session
	file    string
	log     *slog.Logger
	metrics *observe.Metrics
	server  *proxy.Server
	started time.Time

	reloading sync.Mutex
	access    *observe.AccessLog
	resolver  *resolve.Resolver
}

// runDaemon serves until ctx ends or a signal asks to stop.
func runDaemon(ctx context.Context, s *session, file string) error {
	level := slog.LevelInfo
	if s.verbose {
		level = slog.LevelDebug
	}
	d := &daemon{session: s, file: file, log: observe.NewLogger(s.Stderr, level), started: time.Now()}
	cfg, err := d.load()
	if err != nil {
		return err
	}
	if err := d.start(ctx, cfg); err != nil {
		return err
	}
	return d.run(ctx, cfg)
}

// load reads, checks and tests the configuration file.
func (d *daemon) load() (*config.Config, error) {
	name, src, err := readConfig(d.file)
	if err != nil {
		return nil, err
	}
	cfg, problems := checkedConfig(name, src, time.Now())
	if hasErrors(problems) {
		d.printProblems(d.Stderr, problems, map[string][]byte{name: src})
		return nil, failed("cli.serve.bad-config", name)
	}
	return cfg, nil
}

// start opens everything that cfg asks for and begins to accept.
func (d *daemon) start(ctx context.Context, cfg *config.Config) (err error) {
	if d.resolver, err = newResolver(cfg); err != nil {
		return err
	}
	if d.access, err = observe.OpenLog(cfg.Log.File, cfg.Log.Format, d.Stdout, d.log); err != nil {
		return fmt.Errorf("opening the access log: %w", err)
	}
	d.metrics = observe.NewMetrics(version().Version, observe.Sources{
		OpenTunnels: func() int { return d.server.Tunnels() },
		LogLost:     func() uint64 { return d.server.AccessLog().Lost() },
		DNS:         d.dnsCost,
	})
	d.metrics.Configure(labelsOf(cfg))
	d.metrics.Reloaded(true, time.Now())
	d.server = proxy.New(&proxy.Policy{Config: cfg, Rules: access.Compile(cfg), Resolver: d.resolver}, d.access,
		proxy.Options{Log: d.log, Metrics: d.metrics})
	adopted, err := systemd.Listeners()
	if err != nil {
		return err
	}
	if err := d.server.Listen(ctx, adopted); err != nil {
		return err
	}
	for _, l := range cfg.Listen {
		d.log.LogAttrs(ctx, slog.LevelInfo, "listening", slog.String("address", l.Address), slog.String("config", cfg.Digest))
	}
	d.warn(ctx, cfg)
	return nil
}

// run waits for signals, and ends in order.
func (d *daemon) run(ctx context.Context, cfg *config.Config) error {
	adminCtx, stopAdmin := context.WithCancel(context.WithoutCancel(ctx))
	defer stopAdmin()
	var serving sync.WaitGroup
	defer serving.Wait()
	defer stopAdmin()
	if cfg.Admin != "" {
		ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.Admin)
		if err != nil {
			return errors.Join(fmt.Errorf("listening on admin %s: %w", cfg.Admin, err), d.stop(canceled()))
		}
		serving.Go(func() {
			if err := admin.Serve(adminCtx, ln, d.adminOptions()); err != nil {
				d.log.LogAttrs(adminCtx, slog.LevelError, "admin listener failed", slog.String("err", err.Error()))
			}
		})
	}
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, reloadSignals...)
	defer signal.Stop(hup)
	systemd.Ready()
	for {
		select {
		case <-hup:
			systemd.Reloading()
			if err := d.reload(ctx); err != nil {
				d.log.LogAttrs(ctx, slog.LevelError, "reload refused, the previous configuration stays", slog.String("err", err.Error()))
			}
			systemd.Ready()
		case <-ctx.Done():
			systemd.Stopping()
			return d.drain(ctx)
		}
	}
}

// drain lets tunnels finish for limits.drain; a second signal cuts them at once.
func (d *daemon) drain(ctx context.Context) error {
	limit := d.server.Policy().Config.Limits.Drain
	d.log.LogAttrs(ctx, slog.LevelInfo, "draining", slog.Duration("limit", limit), slog.Int("tunnels", d.server.Tunnels()))
	soft, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	soft, stop := signal.NotifyContext(soft, stopSignals...)
	defer stop()
	return d.stop(soft)
}

// stop ends everything; ctx bounds how long tunnels may finish.
func (d *daemon) stop(ctx context.Context) error {
	cut := d.server.Shutdown(ctx)
	d.resolver.Close()
	d.log.LogAttrs(context.WithoutCancel(ctx), slog.LevelInfo, "stopped", slog.Int("cut", cut))
	return d.access.Close()
}

func canceled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// reload checks the configuration file and puts it in force; if it is bad, the
// one in force stays.
func (d *daemon) reload(ctx context.Context) (err error) {
	d.reloading.Lock()
	defer d.reloading.Unlock()
	defer func() { d.metrics.Reloaded(err == nil, time.Now()) }()
	cfg, err := d.load()
	if err != nil {
		return err
	}
	old := d.server.Policy().Config
	resolver := d.resolver
	if !sameResolve(old.Resolve, cfg.Resolve) {
		if resolver, err = newResolver(cfg); err != nil {
			return err
		}
	}
	log := d.access
	if old.Log.File != cfg.Log.File || old.Log.Format != cfg.Log.Format {
		if log, err = observe.OpenLog(cfg.Log.File, cfg.Log.Format, d.Stdout, d.log); err != nil {
			return err
		}
	} else if err := log.Reopen(); err != nil {
		d.log.LogAttrs(ctx, slog.LevelWarn, "reopening the access log", slog.String("err", err.Error()))
	}
	if err := d.server.Swap(ctx, &proxy.Policy{Config: cfg, Rules: access.Compile(cfg), Resolver: resolver}); err != nil {
		return err
	}
	d.metrics.Configure(labelsOf(cfg))
	d.replace(resolver, log)
	if cfg.Admin != old.Admin {
		d.log.LogAttrs(ctx, slog.LevelWarn, "a new admin address takes a restart", slog.String("address", cfg.Admin))
	}
	d.log.LogAttrs(ctx, slog.LevelInfo, "reloaded", slog.String("config", cfg.Digest))
	d.warn(ctx, cfg)
	return nil
}

// replace puts a new resolver and access log in the place of the old ones.
func (d *daemon) replace(resolver *resolve.Resolver, log *observe.AccessLog) {
	if resolver != d.resolver {
		old := d.resolver
		d.resolver = resolver
		old.Close()
	}
	if log != d.access {
		d.access = log
		if err := d.server.SwapLog(log).Close(); err != nil {
			d.log.LogAttrs(context.Background(), slog.LevelWarn, "closing the previous access log", slog.String("err", err.Error()))
		}
	}
}

// warn says what an operator must know about cfg, one line each.
func (d *daemon) warn(ctx context.Context, cfg *config.Config) {
	if len(cfg.Unsafe) > 0 {
		d.log.LogAttrs(ctx, slog.LevelWarn, d.say("cli.serve.unsafe"), slog.Any("addresses", cfg.Unsafe))
	}
	if access.AnyBucket(cfg) {
		d.log.LogAttrs(ctx, slog.LevelWarn, d.say("cli.serve.any-bucket"))
	}
}

func newResolver(cfg *config.Config) (*resolve.Resolver, error) {
	return resolve.New(resolve.Options{Servers: cfg.Resolve.Servers, Timeout: cfg.Resolve.Timeout, Cache: cfg.Resolve.Cache})
}

func sameResolve(a, b config.Resolve) bool {
	return slices.Equal(a.Servers, b.Servers) && a.Timeout == b.Timeout && a.Cache == b.Cache
}

func (d *daemon) dnsCost() observe.DNS {
	d.reloading.Lock()
	r := d.resolver
	d.reloading.Unlock()
	st := r.Stats()
	return observe.DNS{Queries: st.Queries, Hits: st.Hits, Failures: st.Failures}
}

var _ netip.Addr
