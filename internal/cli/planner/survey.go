package planner

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/engine/survey"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Survey is the answer of "deguchi survey --json".
type Survey struct {
	Basis
	Clients      int           `json:"clients"`
	Routes       int           `json:"routes"` // clients × destinations
	Reached      int           `json:"reached"`
	Destinations []Destination `json:"destinations"`
	Ways         []Way         `json:"ways"`
	Groups       []Group       `json:"groups"`
	Problems     []Finding     `json:"problems"`
}

// Destination is a request that matters. Those of one column behave alike.
type Destination struct {
	URL       string   `json:"url"`
	Action    string   `json:"action"` // empty if nobody named one
	Principal string   `json:"principal"`
	Column    int      `json:"column"` // counts from 1
	Sources   []string `json:"sources"`
}

// Way is what becomes of requests, with the first as an example.
type Way struct {
	Way     string   `json:"way"` // "a"
	Verdict string   `json:"verdict"`
	Path    []string `json:"path"` // after the client, without the names of services
	Because string   `json:"because"`
	Client  string   `json:"client"`
	URL     string   `json:"url"`
}

// Group is clients that behave alike. Path and because are those of the first.
type Group struct {
	Clients []string `json:"clients"`
	Cells   []string `json:"cells"` // the way of every column
	Routes  []Cell   `json:"routes"`
}

// Cell is the answer to one destination.
type Cell struct {
	URL      string   `json:"url"`
	Way      string   `json:"way"`
	Verdict  string   `json:"verdict"`
	Path     []string `json:"path"`
	Endpoint string   `json:"endpoint"`
	DNS      DNS      `json:"dns"`
	Because  string   `json:"because"`
}

// Finding is a problem of the topology, as deguchi check has it.
type Finding struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Code     string `json:"code"`
	Severity string `json:"severity"`
	Summary  string `json:"summary"`
	Hint     string `json:"hint"`
}

// surveyOf returns s and problems in words of lang.
func surveyOf(s *survey.Survey, problems []diag.Problem, lang reason.Lang) Survey {
	doc := Survey{Destinations: destinationsOf(s), Ways: waysOf(s, lang), Groups: make([]Group, len(s.Groups)), Problems: findingsOf(problems, lang)}
	for i := range s.Groups {
		g := groupOf(s, i, doc.Destinations, lang)
		doc.Groups[i] = g
		doc.Clients += len(g.Clients)
		for _, c := range g.Routes {
			doc.Routes += len(g.Clients)
			if c.Verdict == string(route.Reached) {
				doc.Reached += len(g.Clients)
			}
		}
	}
	return doc
}

func findingsOf(problems []diag.Problem, lang reason.Lang) []Finding {
	docs := make([]Finding, len(problems))
	for i, p := range problems {
		docs[i] = Finding{p.Pos.File, p.Pos.Line, p.Pos.Col, p.Code, p.Severity.String(), p.Summary.In(lang), p.Hint.In(lang)}
	}
	return docs
}

func destinationsOf(s *survey.Survey) []Destination {
	all := make([]Destination, len(s.Destinations))
	for i, d := range s.Destinations {
		all[i] = Destination{URL: address(d.Request.URL), Action: d.Request.Action.V, Principal: principal(d.Request.Principal), Sources: []string{}}
		for _, from := range d.Sources {
			all[i].Sources = append(all[i].Sources, string(from))
		}
	}
	for c, column := range s.Columns {
		for _, d := range column {
			all[d].Column = c + 1
		}
	}
	return all
}

func principal(p topology.Setting[topology.Principal]) string { return account(p.V) }

// account is who calls as tests write it: ACCOUNT or ACCOUNT/ROLE.
func account(p topology.Principal) string { return strings.TrimSuffix(p.Account+"/"+p.Role, "/") }

func waysOf(s *survey.Survey, lang reason.Lang) []Way {
	all := make([]Way, len(s.Ways))
	for i, w := range s.Ways {
		because, pos := led(w.Example)
		all[i] = Way{
			Way: mark(i, w.Verdict), Verdict: string(w.Verdict), Path: listOf(w.Path),
			Because: placed(because.In(lang), place(pos)),
			Client:  w.Example.Client.Name, URL: address(w.Example.Request.URL),
		}
	}
	return all
}

func groupOf(s *survey.Survey, i int, destinations []Destination, lang reason.Lang) Group {
	g := Group{Routes: make([]Cell, len(destinations)), Cells: []string{}}
	for _, c := range s.Groups[i].Clients {
		g.Clients = append(g.Clients, c.Name)
	}
	for _, w := range s.Cells[i] {
		g.Cells = append(g.Cells, mark(w, s.Ways[w].Verdict))
	}
	for d := range destinations {
		t := &s.Groups[i].Traces[d]
		because, _ := led(t)
		g.Routes[d] = Cell{
			URL: destinations[d].URL, Way: g.Cells[destinations[d].Column-1], Verdict: string(t.Verdict),
			Path: listOf(t.Path()), Endpoint: t.Crossed(), DNS: dnsOf(t.DNS), Because: because.In(lang),
		}
	}
	return g
}

// mark is how the ith way stands in a matrix: a letter, or several once these
// are used up, with a sign where it does not lead to the end.
func mark(i int, v route.Verdict) string {
	letters := []byte{byte('a' + i%26)}
	for i = i/26 - 1; i >= 0; i = i/26 - 1 {
		letters = append(letters, byte('a'+i%26))
	}
	slices.Reverse(letters)
	if v == route.Reached {
		return string(letters)
	}
	if v == route.Unknown {
		return string(letters) + "?"
	}
	return string(letters) + "!"
}

// misses reports whether some client does not reach one of the destinations
// that the caller asked for.
func (s *Survey) misses() bool {
	for i, d := range s.Destinations {
		asked := slices.Contains(d.Sources, string(survey.FromCaller)) || slices.Contains(d.Sources, string(survey.FromJob))
		if asked && slices.ContainsFunc(s.Groups, func(g Group) bool { return g.Routes[i].Verdict != string(route.Reached) }) {
			return true
		}
	}
	return false
}
