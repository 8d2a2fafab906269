package planner

import (
	"io"
	"strconv"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/model/config"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Desk answers questions about topologies. What it needs of the command line is
// handed to it.
type Desk struct {
	Out, Stderr   io.Writer // Stderr hears what is wrong with a file, and of progress
	Lang          reason.Lang
	Paint         term.Paint
	JSON, Verbose bool // the flags
	Watched       bool // whether a person reads Stderr
	Now           time.Time
	// Read returns what a file holds, Parse what it means.
	Read  func(file string) ([]byte, error)
	Parse func(file string, src []byte) (*topology.Topology, []diag.Problem)
	// Print prints the JSON of a command.
	Print func(command string, doc any) error
}

// Options are the flags that "deguchi route" and "survey" have in common.
type Options struct {
	Format  string
	Strict  bool
	Changes []string // as a test writes them
}

// Failure says that a question cannot be answered.
type Failure struct{ Why reason.Because }

// Error returns the words in English.
func (f *Failure) Error() string { return f.Why.In(reason.English) }

func failure(code reason.Code, args ...string) *Failure { return &Failure{reason.New(code, args...)} }

// Mistake says that a question makes no sense. Hint is zero if there is none.
type Mistake struct{ Why, Hint reason.Because }

// Error returns the words in English.
func (m *Mistake) Error() string { return m.Why.In(reason.English) }

func mistake(code reason.Code, args ...string) *Mistake {
	return &Mistake{Why: reason.New(code, args...)}
}

// printer writes the answers of d.
func (d *Desk) printer() *printer {
	return &printer{Out: d.Out, Lang: d.Lang, Paint: d.Paint, Verbose: d.Verbose}
}

// opened is a topology with its source.
type opened struct {
	*topology.Topology
	src []byte
}

// open returns the topology in file as changes make it. What is wrong with
// either is printed.
func (d *Desk) open(file string, changes []string) (opened, error) {
	src, err := d.Read(file)
	if err != nil {
		return opened{}, err
	}
	t, problems := d.Parse(file, src)
	if t == nil {
		if cfg, _ := config.Parse(file, src, d.Now); cfg != nil {
			return opened{}, failure("cli.route.configuration", file)
		}
		return opened{}, d.rejected(problems, file, src, failure("cli.route.invalid", file))
	}
	for i, text := range changes {
		name := "--change " + strconv.Itoa(i+1)
		change, problems := topology.ReadChange(name, []byte(text))
		if len(problems) == 0 {
			if t, problems = t.Apply(change); t != nil {
				continue
			}
		}
		return opened{}, d.rejected(problems, name, []byte(text), mistake("cli.route.change"))
	}
	return opened{t, src}, nil
}

// rejected prints problems of the file that holds src, and returns why.
func (d *Desk) rejected(problems []diag.Problem, file string, src []byte, why error) error {
	if err := d.problems(d.Stderr, problems, file, src); err != nil {
		return err
	}
	return why
}

// problems writes problems of the file that holds src to w.
func (d *Desk) problems(w io.Writer, problems []diag.Problem, file string, src []byte) error {
	return diag.Printer{Lang: d.Lang, Paint: d.Paint}.All(w, problems, map[string][]byte{file: src})
}

// watch returns what to tell how far an answer is, nil if nobody watches, and
// what to call at the end.
func (d *Desk) watch() (tell func(done, all int), end func()) {
	if !d.Watched {
		return nil, func() {}
	}
	p := newProgress(d.Stderr, d.Lang)
	return p.done, p.end
}
