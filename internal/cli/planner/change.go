package planner

import (
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/engine/survey"
)

// Change is a route that two topologies answer differently, in the JSON of
// "deguchi check --against".
type Change struct {
	Effect    string  `json:"effect"` // opens, moves, closes, differs
	Client    string  `json:"client"`
	URL       string  `json:"url"`
	Action    string  `json:"action"` // empty if nobody named one
	Principal string  `json:"principal"`
	Idle      int     `json:"idle"` // seconds
	Old       *Answer `json:"old"`  // null where there is no such client
	New       *Answer `json:"new"`
}

// Answer is one side of a change.
type Answer struct {
	Verdict     string   `json:"verdict"`
	Path        []string `json:"path"`
	Endpoint    string   `json:"endpoint"`
	DNS         DNS      `json:"dns"`
	Credentials string   `json:"credentials"`
	Redirect    string   `json:"redirect"`
	Because     string   `json:"because"`
	Position    string   `json:"position"`
}

// changesOf returns changes in words of lang.
func changesOf(changes []survey.Change, lang reason.Lang) []Change {
	docs := make([]Change, len(changes))
	for i, c := range changes {
		docs[i] = Change{
			Effect: c.Effect.String(), Client: c.Client, URL: address(c.Request.URL),
			Action: c.Request.Action.V, Principal: principal(c.Request.Principal), Idle: c.Request.Idle.V,
			Old: answerOf(c.Old, c.New, lang), New: answerOf(c.New, c.Old, lang),
		}
	}
	return docs
}

// answerOf returns t, which was or will be other: why it is so, or, where it
// goes another way than other, what led it there.
func answerOf(t, other *route.Trace, lang reason.Lang) *Answer {
	if t == nil {
		return nil
	}
	because, pos := led(t)
	if other != nil && slices.Equal(t.Path(), other.Path()) {
		because, pos = t.Because, t.Pos
	}
	return &Answer{
		string(t.Verdict), listOf(t.Path()), t.Crossed(), dnsOf(t.DNS), t.Credentials, t.Redirect, because.In(lang), place(pos),
	}
}

// changes writes what differs from the topology in the file old: for each sort
// of change what was, what is, and whom it concerns.
func (p *printer) changes(old string, changes []Change) {
	if len(changes) == 0 {
		p.printf("%s\n", p.say("plan.same", old))
	}
	if len(changes) > 0 {
		p.printf("%s\n", p.say("plan.compared", old, strconv.Itoa(len(changes))))
	}
	for _, group := range alike(changes) {
		p.printf("\n")
		p.change(group)
	}
}

// alike puts changes together that have the same ways before and after.
func alike(changes []Change) [][]*Change {
	var groups [][]*Change
	at := make(map[string]int)
	for i := range changes {
		c := &changes[i]
		key := strings.Join([]string{c.Effect, c.Old.verdict(), c.Old.way(), c.New.verdict(), c.New.way()}, "\x00")
		g, ok := at[key]
		if !ok {
			g = len(groups)
			at[key] = g
			groups = append(groups, nil)
		}
		groups[g] = append(groups[g], c)
	}
	return groups
}

// change writes changes that are alike.
func (p *printer) change(group []*Change) {
	c := group[0]
	effect := p.Paint.In(effectStyle(c.Effect), p.say("plan.change."+reason.Code(c.Effect)))
	p.printf("%s: %s\n", effect, p.say("plan.change", p.verdict(c.Old.verdict()), p.verdict(c.New.verdict()), strconv.Itoa(len(group))))
	p.part("plan.before", c.Old.way())
	p.part("plan.now", c.New.way())
	if c.New != nil {
		p.part("plan.because", placed(c.New.Because, c.New.Position))
	}
	for i, c := range group {
		if i == mostListed && len(group) > mostListed+1 && !p.Verbose {
			p.printf("    %s\n", p.say("plan.more", strconv.Itoa(len(group)-i)))
			break
		}
		p.printf("    %s → %s\n", c.Client, printable(c.label()))
	}
}

// label is the request in one line.
func (c *Change) label() string {
	d := Destination{URL: c.URL, Action: c.Action, Principal: c.Principal}
	if c.Idle > 0 {
		return d.label() + " (idle " + strconv.Itoa(c.Idle) + " s)"
	}
	return d.label()
}

func effectStyle(effect string) term.Style {
	switch effect {
	case "opens", "moves": // look twice
		return term.Yellow
	}
	return term.Red
}

func (a *Answer) verdict() string {
	if a == nil {
		return ""
	}
	return a.Verdict
}

// way is a's path without the names of client and service.
func (a *Answer) way() string {
	if a == nil {
		return ""
	}
	path := slices.Clone(a.Path)
	for i, hop := range path {
		if kind, _, _ := strings.Cut(hop, ":"); kind == "client" || kind == "aws" {
			path[i] = kind
		}
	}
	return strings.Join(path, " > ")
}
