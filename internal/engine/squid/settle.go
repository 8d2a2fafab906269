package squid

import (
	"slices"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/engine/access"
	"github.com/deguchi-project/deguchi/internal/model/config"
	"github.com/deguchi-project/deguchi/internal/model/squidconf"
)

// settle writes the configuration and takes out what says nothing, until check
// has no error to report: rules for nobody, and rules that one before them
// takes all requests of.
func (im *importer) settle(now time.Time) string {
	d := &im.out
	d.rules = slices.DeleteFunc(d.rules, func(r rule) bool {
		names, _ := d.of(r.region)
		return len(names) == 0
	})
	d.trim()
	for {
		text, starts := im.text()
		cfg, problems := config.Parse("deguchi.yaml", []byte(text), now)
		if cfg == nil {
			return im.unsound(problems)
		}
		unreached := make(map[int]bool)
		for _, p := range access.Check(cfg) {
			if i := slices.Index(starts, p.Pos.Line); i >= 0 {
				unreached[i] = true
			}
		}
		if len(unreached) == 0 {
			return text
		}
		left := d.rules[:0:0]
		for i, r := range d.rules {
			if !unreached[i] {
				left = append(left, r)
			}
		}
		d.rules = left
		d.trim()
	}
}

// trim takes out what is denied at the end: what no rule matches is denied
// without one.
func (d *draft) trim() {
	for n := len(d.rules); n > 0 && d.rules[n-1].entry.deny; n-- {
		d.rules = d.rules[:n-1]
	}
}

// unsound is the result where the configuration would have an error: nothing is
// allowed.
func (im *importer) unsound(problems []diag.Problem) string {
	at := squidconf.Token{}
	if len(im.file.Lines) > 0 {
		at = im.file.Lines[0].Word
	}
	worst := problems[0]
	for _, p := range problems {
		if p.Severity < worst.Severity {
			worst = p
		}
	}
	p := im.fail(at, "DG1702.unsound")
	p.Summary = p.Summary.With(worst.Summary)
	return "version: 1\n"
}
