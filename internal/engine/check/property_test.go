package check_test

import (
	"regexp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/check"
	"github.com/deguchi-project/deguchi/internal/engine/route/routetest"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

var code = regexp.MustCompile(`^DG3[1-6][0-9]{2}$`)

// TestAnyTopology draws topologies of every sort: nothing panics, the same file
// has the same findings, and each of them has a place, words in both languages
// and a code with a page.
func TestAnyTopology(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		doc := routetest.Any(func(n int, label string) int { return rapid.IntRange(0, n-1).Draw(r, label) })
		src := doc.Text()
		top, problems := topology.Parse("any.yaml", src, routetest.Options)
		if top == nil {
			r.Fatalf("Parse = %v\n%s", lines(problems), src)
		}
		found := check.Topology(top, now)
		again, _ := topology.Parse("any.yaml", src, routetest.Options)
		if got := lines(check.Topology(again, now)); !slices.Equal(got, lines(found)) {
			r.Errorf("Topology = %v, then %v", lines(found), got)
		}
		for i, p := range found {
			if i > 0 && found[i-1].Pos == p.Pos && found[i-1].Code == p.Code {
				r.Errorf("Topology finds %s and %s: one cause, one problem", line(found[i-1]), line(p))
			}
			if p.Pos.Line < 1 || p.Len < 1 || !code.MatchString(p.Code) || !slices.Contains(reason.Problems(), p.Code) {
				r.Errorf("Topology finds %+v, which has no place or no page", p)
			}
			for _, lang := range []reason.Lang{reason.English, reason.Japanese} {
				for _, words := range []reason.Because{p.Summary, p.Hint} {
					if text := words.In(lang); len(text) > 6 && text[:6] == p.Code {
						r.Errorf("%s has no words: %s", words.Code, text)
					}
				}
			}
		}
	})
}
