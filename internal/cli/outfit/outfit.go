// Package outfit is "deguchi settings": it asks package settings what a target
// needs, and prints the answer or has package files write it below a folder. It
// knows no flags; what a target needs, the engine says.
package outfit

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/engine/exclude"
	"github.com/deguchi-project/deguchi/internal/engine/settings"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Request is what the command line asks for.
type Request struct {
	Target  string // empty: the list of targets or, with Undo, all of them
	Proxy   string // "-": it stands on In
	OS      string
	Exclude []string // lists: a pasted one may have several lines
	Client  string   // of Topology
	Region  string
	Unit    string
	Home    string
	Format  string
	With    []string

	Raw         bool
	Write       string // the folder; empty: print
	Undo, Force bool

	Topology *topology.Topology // nil if none is given
	Now      time.Time

	asJSON bool
}

// Printer writes answers.
type Printer struct {
	In       io.Reader
	Out, Err io.Writer
	Lang     reason.Lang
	// JSON prints a document as the answer; it is nil where text is asked for.
	JSON func(doc any) error
}

// ErrStopped ends a call that could not do what was asked, and has said why.
var ErrStopped = errors.New("nothing was written")

// Run answers r. Errors are a *settings.Refusal, ErrStopped, or the system's.
func (p Printer) Run(r Request) error {
	r.asJSON = p.JSON != nil
	if err := r.check(); err != nil {
		return err
	}
	if err := p.proxy(&r); err != nil {
		return err
	}
	if r.Undo {
		return p.undo(r)
	}
	if r.Target == "" {
		return p.list()
	}
	target, err := settings.Named(r.Target)
	if err != nil {
		return err
	}
	if err := r.flags(); err != nil {
		return err
	}
	derived, err := r.derived()
	if err != nil {
		return err
	}
	q, err := r.question(derived)
	if err != nil {
		return err
	}
	a, err := target.Settings(q)
	if err != nil {
		return err
	}
	for _, d := range derived.Unproven {
		a.Notes = append(a.Notes, reason.New("settings.note.unproven", d.URL).With(d.Because))
	}
	doc := p.answer(r.Target, a, derived.Entries)
	switch {
	case r.Write != "":
		return p.write(r, a, doc)
	case r.Raw:
		return p.raw(r, a)
	case p.JSON != nil:
		return p.JSON(doc)
	}
	p.text(doc)
	return nil
}

// proxy reads the proxy of r, where it is to be read: so no history and no list
// of processes has its password.
func (p Printer) proxy(r *Request) error {
	if r.Proxy != "-" {
		return nil
	}
	url, err := io.ReadAll(io.LimitReader(p.In, 1<<16))
	if err != nil {
		return fmt.Errorf("reading standard input: %w", err)
	}
	if r.Proxy = strings.TrimRight(string(url), "\r\n"); r.Proxy == "" {
		return &settings.Refusal{Why: reason.New("settings.no-stdin"), Hint: reason.New("cli.help-hint", "deguchi settings")}
	}
	return nil
}

// check refuses what makes no sense together.
func (r Request) check() error {
	refuse := func(code reason.Code, args ...string) error {
		return &settings.Refusal{Why: reason.New("settings."+code, args...), Hint: reason.New("cli.help-hint", "deguchi settings")}
	}
	switch {
	case r.Undo && r.Write == "":
		return refuse("needs-write", "--undo")
	case r.Force && r.Write == "":
		return refuse("needs-write", "--force")
	case r.Undo && r.Proxy != "":
		return refuse("undo-proxy")
	case r.Raw && r.Write != "":
		return refuse("not-both", "--raw", "--write")
	case r.Raw && r.asJSON:
		return refuse("not-both", "--raw", "--json")
	case (r.Topology == nil) != (r.Client == ""):
		return refuse("needs-both")
	case r.Undo:
		return nil
	case r.Target == "" && r.asks():
		return &settings.Refusal{Why: reason.New("cli.missing-argument", "TARGET"), Hint: reason.New("settings.unknown.hint")}
	case r.Target == "":
		return nil
	}
	if _, err := settings.Named(r.Target); err != nil {
		return err // there is no use in asking for the proxy of nothing
	}
	if r.Proxy == "" {
		return refuse("needs-proxy")
	}
	return nil
}

// asks reports whether r asks for more than the list of targets.
func (r Request) asks() bool {
	return r.Write != "" || r.Raw || slices.ContainsFunc(
		slices.Concat([]string{r.Proxy, r.OS, r.Client, r.Region, r.Unit, r.Home, r.Format}, r.Exclude, r.With),
		func(s string) bool { return s != "" })
}

// flags checks that what is asked for concerns the target: a unit that nothing
// is written for is a mistake.
func (r Request) flags() error {
	for _, f := range []struct {
		name    string
		given   bool
		targets []string
	}{
		{"--unit", r.Unit != "", []string{"systemd", "user-data"}},
		{"--format", r.Format != "", []string{"user-data"}},
		{"--with", len(r.With) > 0, []string{"user-data"}},
	} {
		if f.given && !slices.Contains(f.targets, r.Target) {
			return &settings.Refusal{
				Why:  reason.New("settings.flag-target", f.name, r.Target),
				Hint: reason.New("settings.flag-target.hint", f.name, strings.Join(f.targets, ", ")),
			}
		}
	}
	return nil
}

// question is r in the engine's words, with what the topology excludes.
func (r Request) question(derived exclude.Value) (q settings.Question, err error) {
	q = settings.Question{
		OS: settings.OS(r.OS), Region: r.Region, Unit: r.Unit, Home: r.Home,
		Format: settings.Format(r.Format), Parts: r.With,
	}
	if q.Proxy, err = settings.ParseProxy(r.Proxy); err != nil {
		return q, err
	}
	var items []string
	for _, list := range r.Exclude {
		items = append(items, strings.FieldsFunc(list, func(c rune) bool { return c == ',' || c == '\n' || c == '\r' })...)
	}
	for _, e := range derived.Entries {
		items = append(items, e.Text)
	}
	q.Exclude, err = settings.ParseExclusions(items, r.Region)
	return q, err
}

// deriving are the programs that the exclusions of a topology are asked for:
// between them they need every spelling that becomes a name here.
var deriving = []string{"aws-cli-v2", "go"}

// derived is what the client of the topology reaches without the proxy, besides
// what goes direct everywhere.
func (r Request) derived() (exclude.Value, error) {
	if r.Topology == nil {
		return exclude.Value{}, nil
	}
	value, err := exclude.For(r.Topology, r.Client, deriving, r.Now)
	if _, ok := errors.AsType[*exclude.UnknownClientError](err); ok {
		return value, &settings.Refusal{
			Why:  reason.New("settings.no-client", fmt.Sprintf("%q", r.Client), r.Topology.File),
			Hint: reason.New("cli.help-hint", "deguchi settings"),
		}
	}
	value.Entries = slices.DeleteFunc(value.Entries, func(e exclude.Entry) bool { return settings.AlwaysDirect(e.Text) })
	return value, err
}

func (p Printer) say(code reason.Code, args ...string) string {
	return reason.New(code, args...).In(p.Lang)
}

func (p Printer) printf(format string, args ...any) { fmt.Fprintf(p.Out, format, args...) }

// list prints the targets.
func (p Printer) list() error {
	var doc listJSON
	var t term.Table
	for _, target := range settings.Targets() {
		about := target.About().In(p.Lang)
		doc.Targets = append(doc.Targets, targetJSON{target.Name, about, target.OSes})
		t.Row(target.Name, about)
	}
	if p.JSON != nil {
		return p.JSON(doc)
	}
	return t.Print(p.Out, term.Paint(false))
}
