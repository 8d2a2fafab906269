package lint

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
)

// portable finds the shortest value that does for every reader what the entries
// are meant to do.
func (l *linter) portable() {
	var need noproxy.Need
	var spellings []string
	for _, e := range l.entries {
		need.Direct = append(need.Direct, e.form.witnesses...)
		for _, s := range e.form.spellings {
			if !slices.Contains(spellings, s) {
				spellings = append(spellings, s)
			}
		}
	}
	chosen := need.Shortest(spellings, l.programs())
	l.report.Portable = strings.Join(chosen, l.separator)
	seen := map[Missed]bool{}
	for _, r := range slices.Concat(l.readers, l.aside) {
		for _, m := range need.Misses(l.report.Portable, []*noproxy.Program{r.Program}) {
			missed := Missed{r.name, address(m.Target), m.Route}
			if !seen[missed] {
				seen[missed] = true
				l.report.Missed = append(l.report.Missed, missed)
			}
		}
	}
}
