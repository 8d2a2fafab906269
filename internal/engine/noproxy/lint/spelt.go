package lint

import (
	"net/netip"
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
)

// codes are what it is called when a reader does not read an entry of a kind,
// although nothing about its spelling is left to repair.
var codes = map[kind]reason.Code{
	everything: "DG4110",
	globbed:    "DG4109",
	starred:    "DG4108",
	prefix:     "DG4111",
	address4:   "DG4116",
	address6:   "DG4112",
	dotted:     "DG4116",
	named:      "DG4116",
}

// spelt reports readers that do not read entry i in any case, those that another
// spelling helps by themselves, and those that read more into it.
func (l *linter) spelt(i int) {
	e := l.entries[i]
	deaf, witness := l.deaf(i, []string{e.plain})
	still, _ := l.deaf(i, e.form.spellings)
	var helped, rest []string
	for _, name := range deaf {
		if slices.Contains(still, name) {
			rest = append(rest, name)
		} else {
			helped = append(helped, name)
		}
	}
	report := func(f Finding, code reason.Code) {
		if len(f.Programs) == 0 {
			return
		}
		found := l.ignored(e, f, code)
		if len(deaf) == len(l.readers) {
			found.Severity = diag.Error
		}
		if len(f.Instead) == 0 && withoutRemedy[code] {
			found.Hint = reason.New(code + ".hint.none")
		}
	}
	code := codes[e.form.kind]
	if len(helped) > 0 {
		instead := noproxy.Need{Direct: e.form.witnesses}.Shortest(e.form.spellings, l.programs())
		report(Finding{Programs: helped, Witness: witness, Instead: instead}, code)
	}
	if e.form.kind == address6 {
		code = "DG4118"
		if l.spelledBefore(i) {
			rest = nil
		}
	}
	report(Finding{Programs: rest, Witness: witness}, code)
	l.wider(e)
}

// spelledBefore reports whether an entry before i is the same address in another
// spelling.
func (l *linter) spelledBefore(i int) bool {
	return slices.ContainsFunc(l.entries[:i], func(e entry) bool {
		return e.form.kind == address6 && slices.Equal(e.form.spellings, l.entries[i].form.spellings)
	})
}

// withoutRemedy are the codes that have a hint where no entry helps.
var withoutRemedy = map[reason.Code]bool{"DG4109": true, "DG4110": true, "DG4111": true}

// deaf returns the readers that do not ask for all witnesses of entry i directly
// when texts stand in its place, and a witness for it.
func (l *linter) deaf(i int, texts []string) (names []string, witness string) {
	names = l.those(func(r reader) bool {
		for _, w := range l.entries[i].form.witnesses {
			read := func(text string) bool { return l.reads(r, i, text, w) }
			if !slices.ContainsFunc(texts, read) && !l.covered(r, i, w) {
				witness = address(w)
				return true
			}
		}
		return false
	})
	return names, witness
}

// programs are the readers without the caller's names.
func (l *linter) programs() []*noproxy.Program {
	all := make([]*noproxy.Program, len(l.readers))
	for i, r := range l.readers {
		all[i] = r.Program
	}
	return all
}

// wider reports readers that take e for every host that ends so, at no dot.
func (l *linter) wider(e entry) {
	var near noproxy.Target
	switch e.form.kind {
	case named, dotted:
		near = https("not" + e.form.name)
	case address4:
		a, err := netip.ParseAddr("1" + e.plain)
		if err != nil {
			return
		}
		near = plain(a.String())
	default:
		return
	}
	taken := l.those(func(r reader) bool { return r.Reads(l.inForce(e.plain), near).Route == noproxy.Direct })
	if len(taken) == 0 {
		return
	}
	f := Finding{Entry: e.core(), Programs: taken, Witness: address(near)}
	l.add(f, e.col, e.width, "DG4117", quoted(f.Entry), listed(taken), near.Host).Severity = diag.Note
}
