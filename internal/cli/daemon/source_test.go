package daemon

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/remote"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

func TestJitter(t *testing.T) {
	for at, want := range map[float64]time.Duration{0: 48 * time.Second, 0.5: time.Minute, 0.75: 66 * time.Second} {
		if got := jittered(time.Minute, at); got != want {
			t.Errorf("jittered(1m, %v) = %v, want %v", at, got, want)
		}
	}
}

// TestPoll: looks come every minute, a fifth more or less, one after the other,
// until the end.
func TestPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		const slow = 10 * time.Second
		var at []time.Duration
		begun := time.Now()
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			poll(ctx, time.Minute, func(context.Context) {
				at = append(at, time.Since(begun))
				time.Sleep(slow)
				if len(at) == 50 {
					stop()
				}
			})
		}()
		<-ended
		last, different := -slow, map[time.Duration]bool{}
		for i, a := range at {
			wait := a - last - slow
			if wait < 48*time.Second || wait > 72*time.Second {
				t.Errorf("look %d came %v after the one before", i, wait)
			}
			last, different[wait] = a, true
		}
		if len(at) != 50 || len(different) < 10 {
			t.Errorf("%d looks, %d different waits", len(at), len(different))
		}
	})
}

// TestPollEndsAtOnce: nobody waits for the next look.
func TestPollEndsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		begun := time.Now()
		poll(ctx, time.Hour, func(context.Context) { t.Error("looked") })
		if took := time.Since(begun); took != time.Second {
			t.Errorf("ended after %v, want 1s", took)
		}
	})
}

// place is a source that tests change.
type place struct {
	doc  remote.Document
	err  error
	late bool
	log  strings.Builder
	took []string // versions that were to be taken
	bad  map[string]bool
}

func (p *place) feed() *feed {
	read := func(ctx context.Context) (remote.Document, error) {
		if p.late {
			<-ctx.Done()
			return remote.Document{}, ctx.Err()
		}
		return p.doc, p.err
	}
	return &feed{Source: Source{Name: "ssm:///x", Read: read, Every: time.Minute}, log: slog.New(slog.NewTextHandler(&p.log, nil)), words: error.Error}
}

func (p *place) take(f *feed) func(context.Context, remote.Document) error {
	return func(_ context.Context, d remote.Document) error {
		p.took = append(p.took, d.Version)
		if p.bad[d.Version] {
			f.refused = d
			return errors.New("line 3 is wrong")
		}
		f.accept(d, &config.Config{Digest: "of " + d.Version}, false)
		f.refused = remote.Document{}
		return nil
	}
}

// TestLook: what has changed is taken once, what is bad is told once, an outage
// is told once and its end too.
func TestLook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &place{bad: map[string]bool{"2": true}}
		f := p.feed()
		steps := []struct {
			why, version, text string
			err                error
			took, logs         string
		}{
			{why: "the first", version: "1", took: "1"},
			{why: "nothing new", version: "1"},
			{why: "a bad one", version: "2", took: "2", logs: "configuration refused"},
			{why: "still bad", version: "2"},
			{why: "away", err: errors.New("timeout"), logs: "cannot be read"},
			{why: "still away", err: errors.New("timeout")},
			{why: "there again, still bad", version: "2", logs: "answers again"},
			{why: "back to the one in force", version: "1"},
			{why: "bad once more: told once more", version: "2", took: "2", logs: "configuration refused"},
			{why: "mended", version: "3", took: "3"},
			{why: "deleted and written anew", version: "3", text: "other", took: "3"},
		}
		for _, s := range steps {
			p.doc, p.err, p.took = remote.Document{Name: "ssm:///x", Version: s.version, Text: []byte(s.text)}, s.err, nil
			p.log.Reset()
			f.look(t.Context(), p.take(f))
			lines := strings.Count(p.log.String(), "\n")
			if strings.Join(p.took, " ") != s.took || !strings.Contains(p.log.String(), s.logs) || s.logs == "" && lines > 0 || lines > 1 {
				t.Errorf("%s: took %v, want %q; log %q, want %q", s.why, p.took, s.took, p.log.String(), s.logs)
			}
		}
		if f.current.Version != "3" || string(f.current.Text) != "other" {
			t.Errorf("in force is %+v", f.current)
		}
	})
}

// TestLookHasALimit: a place that never answers is not waited for.
func TestLookHasALimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &place{late: true}
		f := p.feed()
		begun := time.Now()
		f.look(t.Context(), p.take(f))
		if took := time.Since(begun); took != readLimit || !f.away {
			t.Errorf("waited %v, want %v", took, readLimit)
		}
	})
}

// TestLookAtTheEnd: that the proxy stops is no outage.
func TestLookAtTheEnd(t *testing.T) {
	p := &place{late: true}
	f := p.feed()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if f.look(ctx, p.take(f)); p.log.Len() > 0 {
		t.Errorf("log: %s", p.log.String())
	}
}

// TestFirst: what a proxy starts on.
func TestFirst(t *testing.T) {
	document := func(version, text string) remote.Document {
		return remote.Document{Name: "ssm:///x", Version: version, Text: []byte(text), Taken: time.Now().Add(-time.Hour)}
	}
	const sound = "version: 1\n"
	kept := document("1", sound)
	away := errors.New("away")
	cases := map[string]struct {
		doc    remote.Document
		err    error
		kept   *remote.Document
		want   string // version; empty if it does not start
		copied bool
	}{
		"what is there":                     {doc: document("2", sound), want: "2"},
		"what is there, not the copy":       {doc: document("2", sound), kept: &kept, want: "2"},
		"away: the copy":                    {err: away, kept: &kept, want: "1", copied: true},
		"bad: the copy":                     {doc: document("2", "versoin: 1\n"), kept: &kept, want: "1", copied: true},
		"empty is bad":                      {doc: document("2", ""), kept: &kept, want: "1", copied: true},
		"away, and no copy":                 {err: away},
		"bad, and no copy":                  {doc: document("2", "versoin: 1\n")},
		"away, and a copy that is bad now ": {err: away, kept: new(document("1", "versoin: 1\n"))},
	}
	for why, c := range cases {
		t.Run(why, func(t *testing.T) {
			store := &remote.Copy{Dir: t.TempDir()}
			if c.kept != nil {
				if err := store.Write(*c.kept); err != nil {
					t.Fatal(err)
				}
			}
			d := newDaemon(Options{
				Source: Source{Name: "ssm:///x", Every: time.Minute, Copy: store, Read: func(context.Context) (remote.Document, error) { return c.doc, c.err }},
				Sound: func(name string, text []byte, now time.Time) (*config.Config, error) {
					if cfg, _ := config.Parse(name, text, now); cfg != nil {
						return cfg, nil
					}
					return nil, errors.New("not sound")
				},
				Log: slog.New(slog.DiscardHandler), Words: error.Error,
			})
			cfg, err := d.first(t.Context())
			if (err == nil) != (c.want != "") || d.feed.current.Version != c.want || d.feed.copied != c.copied || (cfg != nil) != (c.want != "") {
				t.Errorf("first = %v, %v; version %q, copied %v", cfg, err, d.feed.current.Version, d.feed.copied)
			}
			if e, ok := errors.AsType[*remote.Error](err); err != nil && (!ok || e.Why.Code != "cli.serve.no-copy") {
				t.Errorf("first = %v, want both reasons", err)
			}
		})
	}
}

func TestPlace(t *testing.T) {
	file := func(string) (string, []byte, error) { return "deguchi.yaml", []byte("x"), nil }
	cases := map[string]struct {
		place     Place
		directory string // what systemd says
		wrong     reason.Code
		every     time.Duration
		dir       string
	}{
		"a file is not looked at":        {place: Place{Name: "deguchi.yaml", State: "/x", Poll: time.Minute}},
		"the default is not either":      {place: Place{Poll: time.Minute}},
		"an object":                      {place: Place{Name: "s3://b/k", State: "/x", Poll: time.Minute}, every: time.Minute, dir: "/x"},
		"a parameter, state by systemd":  {place: Place{Name: "ssm:///p", Poll: time.Second}, directory: "/var/lib/private/a:/b", every: time.Second, dir: "/var/lib/private/a"},
		"the flag before systemd":        {place: Place{Name: "ssm:///p", State: "/x", Poll: time.Second}, directory: "/y", every: time.Second, dir: "/x"},
		"no state":                       {place: Place{Name: "ssm:///p", Poll: time.Second}, every: time.Second},
		"half a place":                   {place: Place{Name: "s3://b", Poll: time.Minute}, wrong: "remote.bad-name"},
		"more often than AWS would like": {place: Place{Name: "ssm:///p", Poll: time.Millisecond}, wrong: "cli.bad-value"},
	}
	for why, c := range cases {
		t.Run(why, func(t *testing.T) {
			c.place.Getenv = func(string) string { return c.directory }
			s, wrong := c.place.Source(file)
			dir := ""
			if s.Copy != nil {
				dir = s.Copy.Dir
			}
			if wrong.Code != c.wrong || s.Every != c.every || dir != c.dir {
				t.Errorf("Source = every %v, in %q, wrong %q", s.Every, dir, wrong.Code)
			}
			if wrong.IsZero() && s.Every == 0 {
				if d, err := s.Read(t.Context()); err != nil || d.Name != "deguchi.yaml" || string(d.Text) != "x" {
					t.Errorf("Read = %+v, %v", d, err)
				}
			}
		})
	}
}

// TestStartOn: a configuration whose port is taken would have been refused by a
// proxy that runs, and does not keep one from starting either.
func TestStartOn(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	src := func(address string) []byte {
		return []byte("version: 1\nlisten: [{address: \"" + address + "\"}]\nadmin: " + freeAddress(t) + "\nlog: {file: " + filepath.Join(t.TempDir(), "a.log") + "}\n")
	}
	there := remote.Document{Name: "ssm:///x", Version: "2", Text: src(taken.Addr().String())}
	store := &remote.Copy{Dir: t.TempDir()}
	newOne := func() *daemon {
		return newDaemon(Options{
			Source: Source{Name: "ssm:///x", Every: time.Minute, Copy: store, Read: func(context.Context) (remote.Document, error) { return there, nil }},
			Sound:  func(_ string, text []byte, _ time.Time) (*config.Config, error) { return parsed(t, string(text)), nil },
			Log:    slog.New(slog.DiscardHandler), Words: error.Error, Stdout: io.Discard, Version: "test",
		})
	}
	d := newOne()
	cfg, err := d.first(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.startOn(t.Context(), cfg); err == nil {
		t.Fatal("without a copy: started on a port that is taken")
	}
	if err := store.Write(remote.Document{Name: "ssm:///x", Version: "1", Text: src(freeAddress(t))}); err != nil {
		t.Fatal(err)
	}
	d = newOne()
	if cfg, err = d.first(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := d.startOn(t.Context(), cfg); err != nil || d.feed.current.Version != "1" || !d.feed.copied {
		t.Fatalf("startOn = %v, on version %q, copied %v; want the copy", err, d.feed.current.Version, d.feed.copied)
	}
	defer d.abandon()
	if kept, err := store.Read("ssm:///x"); err != nil || kept.Version != "1" {
		t.Errorf("the copy is %q, %v", kept.Version, err)
	}
	there.Version = "3"
	there.Text = src(freeAddress(t))
	if d.look(t.Context()); d.feed.current.Version != "3" || d.feed.copied {
		t.Errorf("mended: version %q, copied %v", d.feed.current.Version, d.feed.copied)
	}
}
