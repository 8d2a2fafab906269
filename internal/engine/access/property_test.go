package access

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// show is a decision as far as two engines must agree on it.
func show(d Decision) string {
	return fmt.Sprintf("%v %s rule %q client %q", d.Verdict, d.Code, d.RuleName(), d.ClientName())
}

func TestIndexAgreesWithReadingAloud(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := anyConfig(t)
		rules := Compile(cfg)
		for range 60 {
			q := anyRequest(t)
			if got, want := show(rules.Decide(q)), show(naive(cfg, q)); got != want {
				t.Fatalf("Decide(%+v) = %s, want %s\nrules: %+v", q, got, want, cfg.Rules)
			}
		}
	})
}

func TestAnotherDenyNeverAllowsMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := anyConfig(t)
		first := anyRule(t)
		first.Name, first.Deny = "first", true
		stricter := *cfg
		stricter.Rules = append([]config.Rule{first}, cfg.Rules...)
		q := anyRequest(t)
		before, after := Compile(cfg).Decide(q), Compile(&stricter).Decide(q)
		if after.Verdict == Allowed && before.Verdict != Allowed {
			t.Fatalf("Decide(%+v) = %s, and %s without the deny in front", q, show(after), show(before))
		}
	})
}

func TestUnknownIsNeverAllowedByFacts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyRule(t)
		r.Deny = false
		m := &r.Match
		if len(m.Services)+len(m.Kinds)+len(m.Regions)+len(m.Partitions)+len(m.Buckets)+len(m.Accounts)+len(m.Variants) == 0 && m.Owner == "" {
			m.Kinds = []string{"*"}
		}
		m.Job = ""
		q := to(unknown)
		if rapid.Bool().Draw(t, "forgotten") {
			q.Name = awsname.Name{Host: q.Host.Name}
		}
		q.Port = m.Ports[0].First
		if d := Compile(file(r)).Decide(q); d.Passes() {
			t.Fatalf("Decide(%s) = %s by %+v", q.Host, show(d), r.Match)
		}
	})
}
