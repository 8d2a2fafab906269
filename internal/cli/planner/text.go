package planner

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
)

// routes writes doc for a person: of each route the verdict first, then what it
// stands on.
func (p *printer) routes(doc Routes) error {
	for i := range doc.Routes {
		if i > 0 {
			p.printf("\n")
		}
		p.route(&doc.Routes[i])
	}
	return nil
}

func (p *printer) route(r *Route) {
	p.printf("%s  %s → %s\n", p.Paint.In(style(r.Verdict), p.verdict(r.Verdict)), r.Client, printable(r.URL))
	p.part("plan.because", placed(r.Because, r.Position))
	p.printf("\n")
	p.way(r.Path)
	p.printf("\n")
	p.part("plan.dns", p.dns(r.DNS))
	p.part("plan.endpoint", p.crossed(r))
	p.list("plan.unused", r.unused())
	p.part("plan.credentials", p.credentials(r.Credentials))
	p.part("plan.redirect", r.Redirect)
	p.list("plan.context", contextLines(r))
	p.list("plan.assumed", p.assumed(r))
	for i, f := range r.Fix {
		p.fix(i+1, f)
	}
	if r.failed() && len(r.Fix) == 0 {
		p.printf("\n")
		p.part("plan.no-fix", p.say(r.unfixed()))
	}
}

// assumed lists what lets requests through because it is not written, and says
// how much else is not written: a person settles the first, and a script reads
// all of it.
func (p *printer) assumed(r *Route) []string {
	lines := listOf(r.Open)
	if absent := len(r.Assumed) - len(r.Open); absent > 0 {
		lines = append(lines, p.say("plan.absent", strconv.Itoa(absent)))
	}
	return lines
}

// crossed is the endpoint that r crosses towards AWS.
func (p *printer) crossed(r *Route) string {
	if r.Unmeant {
		return p.say("plan.unmeant", r.Endpoint)
	}
	return r.Endpoint
}

// unused are the endpoints beside the way, with why where they tell.
func (r *Route) unused() []string {
	names := make([]string, len(r.Unused))
	for i, u := range r.Unused {
		names[i] = u.Endpoint
		if u.Because != "" {
			names[i] += " (" + u.Because + ")"
		}
	}
	return names
}

// labels are those of an answer's parts.
var labels = []reason.Code{
	"plan.because", "plan.dns", "plan.endpoint", "plan.unused", "plan.credentials", "plan.redirect", "plan.context", "plan.assumed",
	"plan.no-fix", "plan.after", "plan.also", "plan.against", "plan.request", "plan.author", "plan.before", "plan.now",
}

// label is how wide the labels of an answer are.
func (p *printer) label() int {
	width := 0
	for _, l := range labels {
		width = max(width, term.Width(p.say(l)))
	}
	return width + 2
}

// part writes one labelled text, if there is one, in as many lines as it takes.
func (p *printer) part(code reason.Code, text string) {
	if text != "" {
		p.block(p.say(code), term.Wrap(printable(text), columns-p.label()-2))
	}
}

// list writes labelled lines, if there are any, as they are: names and URLs are
// copied from them.
func (p *printer) list(code reason.Code, lines []string) {
	for i := range lines {
		lines[i] = printable(lines[i])
	}
	p.block(p.say(code), lines)
}

// block writes lines beside a label.
func (p *printer) block(name string, lines []string) {
	for i, line := range lines {
		if i > 0 {
			name = ""
		}
		p.printf("%s\n", strings.TrimRight("  "+pad(name, p.label())+line, " "))
	}
}

// way writes hops, each with the fact that led there: beside it where that
// fits, else below.
func (p *printer) way(hops []Hop) {
	width := 0
	for _, h := range hops {
		width = max(width, term.Width(h.Hop))
	}
	width = min(width, 30) + 2
	for i, h := range hops {
		name := "  " + strconv.Itoa(i+1) + " " + h.Hop
		lines := term.Wrap(printable(placed(h.Because, h.Position)), columns-width-4)
		if term.Width(name) > width+2 {
			p.printf("%s\n", name)
			name = ""
		}
		for _, line := range lines {
			p.printf("%s\n", strings.TrimRight(pad(name, width+4)+line, " "))
			name = ""
		}
	}
}

// dns puts who resolves a name, and what the answer is, in a sentence.
func (p *printer) dns(d DNS) string {
	answer := p.say("plan.answer." + reason.Code(d.Answer))
	if d.By == "none" {
		return answer
	}
	by := d.By
	if by == "client" {
		by = p.say("plan.by.client")
	}
	if d.Answer == "not-resolved" {
		return p.say("plan.dns.would", by, answer)
	}
	return p.say("plan.dns.by", by, answer)
}

// credentials are whose credentials the request has; "" where that is what
// everyone expects.
func (p *printer) credentials(c string) string {
	name, ok := strings.CutPrefix(c, "proxy:")
	switch {
	case ok:
		return p.say("plan.credentials.proxy", name)
	case c == "none":
		return p.say("plan.credentials.none")
	}
	return ""
}

// origin are the condition keys that tell where a request came from: those that
// a way decides.
var origin = []string{"aws:SourceIp", "aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp"}

// contextLines are the condition keys that the way decides, with what they
// hold; where a policy refused or nobody can tell, all of them.
func contextLines(r *Route) []string {
	var lines []string
	all := strings.HasSuffix(r.Verdict, "-policy") || r.Verdict == "unknown"
	for _, key := range slices.Sorted(maps.Keys(r.Context)) {
		if v := r.Context[key]; all || v != "absent" && slices.Contains(origin, key) {
			lines = append(lines, key+" = "+v)
		}
	}
	return lines
}

// fix writes the nth proposal: the change as it is written into the file, what
// it comes to, and what else it changes.
func (p *printer) fix(n int, f Fix) {
	p.printf("\n")
	p.block(p.say("plan.fix", strconv.Itoa(n)), term.Wrap(printable(f.Because), columns-p.label()-2))
	for line := range strings.Lines(f.Change) {
		p.printf("    %s\n", strings.TrimRight(line, "\n"))
	}
	if f.VerdictAfter != "" {
		p.part("plan.after", p.verdict(f.VerdictAfter))
	}
	p.list("plan.also", p.effects(f.AlsoChanges))
	p.list("plan.against", listOf(f.Against))
}

// mostEffects bounds what text tells of the routes that a fix changes alike.
const mostEffects = 8

// effects are the other routes that a fix changes, those that change alike
// below each other.
func (p *printer) effects(all []Effect) []string {
	if len(all) == 0 {
		return []string{p.say("plan.nothing-else")}
	}
	var lines []string
	for i, group := range effectGroups(all) {
		if i > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, term.Wrap(p.effect(group[0]), columns-p.label()-2)...)
		for i, e := range group {
			if i == mostEffects && len(group) > mostEffects+1 && !p.Verbose {
				lines = append(lines, p.say("plan.more", strconv.Itoa(len(group)-i)))
				break
			}
			d := Destination{URL: e.URL, Action: e.Action, Principal: e.Principal}
			lines = append(lines, e.Client+" → "+d.label())
		}
	}
	return lines
}

// effect is what becomes of a route that a fix changes.
func (p *printer) effect(e Effect) string {
	if e.VerdictBefore == e.VerdictAfter {
		return p.say("plan.effect.way", p.verdict(e.VerdictAfter))
	}
	return p.say("plan.effect", p.verdict(e.VerdictBefore), p.verdict(e.VerdictAfter))
}

// effectGroups puts effects together that have the same verdicts.
func effectGroups(all []Effect) [][]Effect {
	var groups [][]Effect
	for _, e := range all {
		i := slices.IndexFunc(groups, func(g []Effect) bool {
			return g[0].VerdictBefore == e.VerdictBefore && g[0].VerdictAfter == e.VerdictAfter
		})
		if i < 0 {
			i = len(groups)
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], e)
	}
	return groups
}

// pad fills text up with spaces to width columns.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-term.Width(text)))
}

// printable is text without what a terminal would obey and what XML cannot hold.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0xfffe || r == 0xffff || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return -1
		}
		return r
	}, text)
}
