package check

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// listsAsAlternatives finds a rule that lets named clients reach anything
// beside one that lets everyone reach something: the author wanted both limits
// to hold, and rules are alternatives.
//
// Story D: the squid.conf allows .amazonaws.com, then allows internal sources;
// as written, any source reaches AWS and internal sources reach anything. In a
// topology allow_domains and allow_sources both have to hold, so it can be
// written in configurations alone.
func listsAsAlternatives(cfg *config.Config) (problems []diag.Problem) {
	limited := slices.IndexFunc(cfg.Rules, func(r config.Rule) bool { return !r.Deny && len(r.Clients) == 0 && !boundless(r.Match) })
	if limited < 0 {
		return nil
	}
	for _, r := range cfg.Rules {
		if r.Deny || len(r.Clients) == 0 || !boundless(r.Match) {
			continue
		}
		p := diag.Problem{Pos: r.Pos, Code: "DG3206", Severity: diag.Warning}
		if len(r.Match.Values) > 0 {
			p.Pos, p.Len = r.Match.Values[0].Pos, r.Match.Values[0].Len
		}
		p.Summary = say("DG3206", quote(r.Name), quote(cfg.Rules[limited].Name))
		p.Hint = say("DG3206.hint", quote(cfg.Rules[limited].Name))
		problems = append(problems, p)
	}
	return problems
}

// boundless reports whether m says nothing about where a request goes.
func boundless(m config.Match) bool {
	return !slices.ContainsFunc(m.Values, func(v config.Value) bool {
		return v.Text != "*" && v.Key != "ports" && v.Key != "schemes"
	})
}
