package daemon

import (
	"context"
	"log/slog"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/observe"
	"github.com/deguchi-project/deguchi/internal/edge/remote"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// Source is where configurations come from.
type Source struct {
	Name string // a file, a place in AWS; empty for the embedded default
	// Read returns the configuration's text as it stands there now.
	Read func(ctx context.Context) (remote.Document, error)
	// Every is how often it is looked at besides when somebody asks for that;
	// 0 is never. A source that is looked at may be away.
	Every time.Duration
	// Copy keeps the last good one; nil where none is kept.
	Copy *remote.Copy
}

// readLimit bounds one look at a source, with all attempts.
const readLimit = 15 * time.Second

// feed is a source and what is known of it. Who uses it holds daemon.loading.
type feed struct {
	Source
	log     *slog.Logger
	words   func(error) string
	metrics *observe.Metrics // nil before the start

	current remote.Document // in force
	digest  string          // of it, as configurations have one
	since   time.Time       // in force since
	copied  bool            // it is the last good copy, and its place has not confirmed it
	refused remote.Document // what stands at its place, if it is not sound
	away    bool            // the last look failed
}

// read looks at the source. It tells when the source answers again.
func (f *feed) read(ctx context.Context) (remote.Document, error) {
	ctx, cancel := context.WithTimeout(ctx, readLimit)
	defer cancel()
	d, err := f.Read(ctx)
	if f.Every == 0 {
		return d, err
	}
	f.metrics.Looked(err == nil, time.Now())
	if f.away && err == nil {
		f.log.LogAttrs(ctx, slog.LevelInfo, "the configuration's place answers again", slog.String("config", d.Name), slog.String("version", d.Version))
	}
	f.away = err != nil
	return d, err
}

// look is one look of many: what has changed is given to take. That the source
// is away is told once, what is refused once for each version.
func (f *feed) look(ctx context.Context, take func(context.Context, remote.Document) error) {
	was := f.away
	d, err := f.read(ctx)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		if !was {
			f.log.LogAttrs(ctx, slog.LevelWarn, "the configuration's place cannot be read; what is in force stays", slog.String("err", f.words(err)))
		}
	case d.Same(f.current):
		f.confirm()
	case !d.Same(f.refused):
		if err := take(ctx, d); err != nil {
			f.log.LogAttrs(ctx, slog.LevelError, "configuration refused; what is in force stays",
				slog.String("config", d.Name), slog.String("version", d.Version), slog.String("err", f.words(err)))
		}
	}
}

// confirm notes that what is in force is what stands at its place.
func (f *feed) confirm() {
	f.refused, f.copied = remote.Document{}, false
	f.metrics.Reloaded(true, f.since)
	f.tell()
}

// accept makes d, which is the configuration cfg, what is in force.
func (f *feed) accept(d remote.Document, cfg *config.Config, copied bool) {
	f.current, f.digest, f.since, f.copied = d, cfg.Digest, time.Now(), copied
}

// tell tells metrics what is in force.
func (f *feed) tell() {
	f.metrics.Taken(observe.Taken{Source: f.current.Name, Version: f.current.Version, Digest: f.digest, Copied: f.copied})
}

// attrs tell the log what is in force, and how old it is if it is a copy.
func (f *feed) attrs() []slog.Attr {
	list := []slog.Attr{slog.String("config", f.current.Name), slog.String("digest", f.digest)}
	if f.current.Version != "" {
		list = append(list, slog.String("version", f.current.Version))
	}
	if f.copied {
		list = append(list, slog.String("copy", f.Copy.Dir), slog.Time("taken", f.current.Taken),
			slog.Duration("age", time.Since(f.current.Taken).Round(time.Second)))
	}
	return list
}

// keep makes what is in force the last good copy.
func (f *feed) keep(ctx context.Context) {
	if f.Copy == nil || f.copied {
		return
	}
	if err := f.Copy.Write(f.current); err != nil {
		f.log.LogAttrs(ctx, slog.LevelWarn, "no last good copy could be kept", slog.String("dir", f.Copy.Dir), slog.String("err", err.Error()))
	}
}

// first returns what to start on: what stands at the source, or else the last
// good copy of it.
func (d *daemon) first(ctx context.Context) (*config.Config, error) {
	doc, err := d.feed.read(ctx)
	if err == nil {
		var cfg *config.Config
		if cfg, err = d.sound(doc); err == nil {
			d.feed.accept(doc, cfg, false)
			return cfg, nil
		}
	}
	if d.feed.Copy == nil || ctx.Err() != nil {
		return nil, err
	}
	cfg, none := d.kept(ctx, err)
	if none != nil {
		return nil, &remote.Error{Why: reason.New("cli.serve.no-copy", d.Words(err), d.Words(none))}
	}
	return cfg, nil
}

// kept returns the last good copy, to start on because of err.
func (d *daemon) kept(ctx context.Context, err error) (*config.Config, error) {
	doc, none := d.feed.Copy.Read(d.feed.Name)
	if none != nil {
		return nil, none
	}
	cfg, none := d.Sound(doc.Name, doc.Text, time.Now())
	if none != nil {
		return nil, none
	}
	d.feed.accept(doc, cfg, true)
	d.Log.LogAttrs(ctx, slog.LevelWarn, "starting on the last good copy", append(d.feed.attrs(), slog.String("err", d.Words(err)))...)
	return cfg, nil
}

// startOn starts on cfg, or, where something that cfg asks for cannot be had, on
// the last good copy: what a running proxy would have refused must not keep one
// from starting.
func (d *daemon) startOn(ctx context.Context, cfg *config.Config) error {
	err := d.start(ctx, cfg)
	if err == nil || d.feed.Copy == nil || d.feed.copied || ctx.Err() != nil {
		return err
	}
	if cfg, none := d.kept(ctx, err); none == nil && d.start(ctx, cfg) == nil {
		d.metrics.Reloaded(false, time.Now())
		return nil
	}
	return err
}

// sound returns doc as a configuration, and remembers it if it is none.
func (d *daemon) sound(doc remote.Document) (*config.Config, error) {
	cfg, err := d.Sound(doc.Name, doc.Text, time.Now())
	if err != nil {
		d.feed.refused = doc
	}
	return cfg, err
}
