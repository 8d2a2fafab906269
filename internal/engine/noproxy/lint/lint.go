// Package lint says what is wrong with a list of exceptions (NO_PROXY): entries
// that a program ignores, or reads wider or narrower than another, each with its
// place in the value and the spelling that all of the programs read.
//
//	report, err := lint.Value("169.254.0.0/16,*.example.com", []string{"aws-cli-v2", "go"})
//
// It holds no model of its own. An entry's form says what its author means, as
// hosts that should be asked for directly (witnesses); package noproxy says what
// each program does with them, before and after one thing about the entry is
// set right. Where no program answers otherwise, there is nothing to report.
//
// It does not know whether a client reaches what the list excludes: that is the
// business of package exclude.
package lint

import (
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
)

// File is what positions in a value name as their file.
const File = "NO_PROXY"

// Usual are the programs of a machine that works with AWS.
var Usual = []string{"aws-cli-v2", "boto3", "ssm-agent", "terraform", "curl", "python-requests", "wget"}

// Report is what there is to say about a value.
type Report struct {
	Findings []Finding // in the order of the value
	// Portable is the shortest value that does for every program what the value
	// is meant to do, as far as there is one.
	Portable string
	// Missed is what Portable does not do.
	Missed []Missed
	// LeftOut are entries, as written, that mean no host, so that Portable cannot
	// do what they were meant to.
	LeftOut []string
}

// Problems returns the problems of all findings.
func (r Report) Problems() []diag.Problem {
	problems := make([]diag.Problem, len(r.Findings))
	for i, f := range r.Findings {
		problems[i] = f.Problem
	}
	return problems
}

// Finding is a problem with the programs that it is about.
type Finding struct {
	diag.Problem
	Entry    string   // as written, without blanks around it; empty if it is about the list
	Programs []string // as the caller named them
	Witness  string   // a URL with which it shows; empty if there is none
	Instead  []string // entries to write instead; empty if there are none
}

// Missed is a URL that a program asks the proxy for whatever is listed, or that it
// fails on where it is listed.
type Missed struct {
	Program, URL string
	Route        noproxy.Way
}

// reader is a program that reads a list, under the caller's name for it.
type reader struct {
	name string
	*noproxy.Program
}

// linter is one value under examination.
type linter struct {
	readers   []reader
	aside     []reader // those that know no separator that the others know
	separator string
	entries   []entry
	plain     []string                // of the entries
	vars      map[string]noproxy.Vars // of lists that were tried
	report    Report
}

// excludes reports whether r keeps t from the proxy when list is in force. What
// it never asks a proxy for needs no entry.
func (l *linter) excludes(r reader, list string, t noproxy.Target) bool {
	return r.Reads(l.inForce(list), t).Route == noproxy.Direct || r.Reads(l.inForce(""), t).Route != noproxy.Proxied
}

func (l *linter) inForce(list string) noproxy.Vars {
	vars, ok := l.vars[list]
	if !ok {
		vars = noproxy.Listing(list)
		l.vars[list] = vars
	}
	return vars
}

// Value examines value for programs, IDs or aliases of package noproxy. It
// fails with a *noproxy.UnknownProgramError.
func Value(value string, programs []string) (Report, error) {
	l := linter{vars: map[string]noproxy.Vars{}}
	deaf := []string{}
	for _, name := range programs {
		p, err := noproxy.Named(name)
		if err != nil {
			return Report{}, err
		}
		if p.Reads(l.inForce(""), https("one.example")).Route == noproxy.Proxied {
			l.readers = append(l.readers, reader{name, p})
		} else {
			deaf = append(deaf, name)
		}
	}
	if len(deaf) > 0 {
		l.add(Finding{Programs: deaf}, 1, 1, "DG4121", listed(deaf)).Severity = diag.Note
	}
	if strings.TrimSpace(value) == "" {
		l.empty()
		return l.report, nil
	}
	l.split(value)
	l.repair()
	for i := range l.entries {
		l.examine(i)
	}
	l.compare()
	l.portable()
	slices.SortStableFunc(l.report.Findings, func(a, b Finding) int { return a.Pos.Col - b.Pos.Col })
	return l.report, nil
}

// empty reports a list without entries: for some programs an empty variable
// hides the same one in the other case.
func (l *linter) empty() {
	target := https("one.example")
	hidden := l.those(func(r reader) bool {
		vars := noproxy.Listing(target.Host)
		before := r.Reads(vars, target).Route
		vars["no_proxy"] = ""
		return before == noproxy.Direct && r.Reads(vars, target).Route == noproxy.Proxied
	})
	f := l.add(Finding{Programs: hidden}, 1, 1, "DG4120")
	f.Severity, f.Hint = diag.Warning, reason.New("DG4120.hint")
	if len(hidden) > 0 {
		f.Hint = reason.New("DG4120.hint.hides", listed(hidden))
	}
}

// add records a finding at column col of the value, width runes wide. Its
// severity is still to be set: an error, until then.
func (l *linter) add(f Finding, col, width int, code reason.Code, args ...string) *Finding {
	f.Pos = diag.Pos{File: File, Line: 1, Col: col}
	f.Len, f.Code, f.Summary = width, string(code), reason.New(code, args...)
	l.report.Findings = append(l.report.Findings, f)
	return &l.report.Findings[len(l.report.Findings)-1]
}

// ignored records that programs do not read e as it is meant: an error if none
// of the readers does, else a warning.
func (l *linter) ignored(e entry, f Finding, code reason.Code) *Finding {
	f.Entry = e.core()
	found := l.add(f, e.col, e.width, code, quoted(f.Entry), listed(f.Programs))
	if len(f.Programs) < len(l.readers) {
		found.Severity = diag.Warning
	}
	if len(f.Instead) > 0 {
		found.Hint = reason.New(code+".hint", strings.Join(f.Instead, l.separator))
	}
	return found
}

// those returns the names of the readers that is holds for.
func (l *linter) those(is func(reader) bool) []string {
	var names []string
	for _, r := range l.readers {
		if is(r) {
			names = append(names, r.name)
		}
	}
	return names
}

// most is how many programs a sentence names: the usual ones.
const most = 7

// listed returns names for a sentence: many are cut short, as JSON has them all.
func listed(names []string) string {
	if len(names) > most {
		return strings.Join(names[:most], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}

func quoted(text string) string { return strconv.Quote(text) }
