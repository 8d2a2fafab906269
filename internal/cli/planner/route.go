package planner

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// routesMarkdown writes doc for a document: a table of all routes if there are
// several, then each with its way.
func (p *printer) routesMarkdown(doc Routes) error {
	p.head("plan.title.route", doc.Basis)
	if len(doc.Routes) > 1 {
		var rows [][]string
		for i := range doc.Routes {
			r := &doc.Routes[i]
			rows = append(rows, []string{strconv.Itoa(i + 1), code(r.Client), code(r.URL), md(p.verdict(r.Verdict)), md(r.Because)})
		}
		p.tableOf(p.heads("plan.number", "plan.client", "plan.url", "plan.verdict", "plan.because"), rows)
	}
	for i := range doc.Routes {
		p.routeMarkdown(&doc.Routes[i])
	}
	return nil
}

// head writes the title of a document, and what it stands on.
func (p *printer) head(title reason.Code, b Basis) {
	p.printf("# %s\n\n", md(p.say(title)))
	p.printf("%s\n\n", strings.TrimSuffix(p.say("plan.basis", code(b.File))+": "+md(b.Title), ": "))
	if b.Strict {
		p.printf("%s\n\n", md(p.say("plan.strict")))
	}
	if len(b.Changes) > 0 {
		p.printf("%s\n\n", md(p.say("plan.changed")))
		p.fence("yaml", strings.Join(b.Changes, "\n"))
	}
}

func (p *printer) heads(labels ...reason.Code) []string {
	heads := make([]string, len(labels))
	for i, l := range labels {
		heads[i] = md(p.say(l))
	}
	return heads
}

func (p *printer) routeMarkdown(r *Route) {
	p.printf("## %s → %s\n\n", code(r.Client), code(r.URL))
	p.printf("**%s** — %s\n\n", md(p.verdict(r.Verdict)), md(placed(r.Because, r.Position)))
	var rows [][]string
	for i, h := range r.Path {
		rows = append(rows, []string{strconv.Itoa(i + 1), code(h.Hop), md(h.At), md(placed(h.Because, h.Position))})
	}
	p.tableOf(p.heads("plan.number", "plan.hop", "plan.at", "plan.because"), rows)
	rows = nil
	row := func(label reason.Code, text string) {
		if text != "" {
			rows = append(rows, []string{md(p.say(label)), text})
		}
	}
	row("plan.dns", md(p.dns(r.DNS)))
	endpoint := code(r.Endpoint)
	if r.Unmeant {
		endpoint = p.say("plan.unmeant", endpoint)
	}
	row("plan.endpoint", endpoint)
	row("plan.unused", md(lines(r.unused())))
	row("plan.context", codes(pairs(r.Context), "<br>"))
	row("plan.credentials", code(r.Credentials))
	row("plan.redirect", code(r.Redirect))
	row("plan.assumed", codes(r.Assumed, "<br>"))
	p.tableOf(p.heads("plan.what", "plan.value"), rows)
	for i, f := range r.Fix {
		p.fixMarkdown(i+1, f)
	}
	if r.failed() && len(r.Fix) == 0 {
		p.printf("%s\n\n", md(p.say("plan.no-fix")+": "+p.say(r.unfixed())))
	}
}

func (p *printer) fixMarkdown(n int, f Fix) {
	p.printf("### %s\n\n", md(p.say("plan.fix", strconv.Itoa(n))))
	if f.Because != "" {
		p.printf("%s\n\n", md(f.Because))
	}
	if f.Change != "" {
		p.fence("yaml", f.Change)
	}
	for _, group := range effectGroups(f.AlsoChanges) {
		p.printf("%s\n\n", md(p.say("plan.also")+": "+p.effect(group[0])))
		for _, e := range group {
			p.printf("- %s → %s\n", code(e.Client), code(e.URL))
		}
		p.printf("\n")
	}
	for _, name := range f.Against {
		p.printf("%s\n\n", md(p.say("plan.against")+": "+name))
	}
}

// pairs are condition keys with their values, sorted.
func pairs(context map[string]string) []string {
	var all []string
	for _, k := range slices.Sorted(maps.Keys(context)) {
		all = append(all, k+" = "+context[k])
	}
	return all
}

// routesCSV writes doc for a spreadsheet, a row for each route. Heads are keys:
// they stay the same in every language.
func (p *printer) routesCSV(doc Routes) error {
	rows := [][]string{{
		"client", "url", "verdict", "because", "position", "path", "endpoint", "dns_by", "dns_answer",
		"context", "credentials", "redirect", "assumed", "fix", "unmeant", "unused",
	}}
	for i := range doc.Routes {
		r := &doc.Routes[i]
		var fixes []string
		for _, f := range r.Fix {
			fixes = append(fixes, strings.TrimSpace(f.Because+"\n"+f.Change))
		}
		rows = append(rows, []string{
			r.Client, r.URL, r.Verdict, r.Because, r.Position, strings.Join(r.hops(), " > "), r.Endpoint, r.DNS.By, r.DNS.Answer,
			lines(pairs(r.Context)), r.Credentials, r.Redirect, lines(r.Assumed), lines(fixes),
			strconv.FormatBool(r.Unmeant), lines(r.unused()),
		})
	}
	return p.sheet(rows)
}
