package planner

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/survey"
	"github.com/deguchi-project/deguchi/internal/model/topology"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// Question is what the flags of "deguchi route" ask. What is empty follows from
// the URL.
type Question struct {
	Options
	From                                       string
	Action, Principal, Service, Region, Bucket string
	Idle                                       int // seconds; below 0 if nobody says
}

// client returns the client of t that asks.
func (q *Question) client(t *topology.Topology) (*topology.Client, error) {
	names := Clients(t)
	if c := t.Client(q.From); c != nil {
		return c, nil
	}
	if len(names) == 0 {
		return nil, mistake("cli.route.no-clients", t.File)
	}
	if q.From == "" {
		return nil, mistake("cli.route.from", strings.Join(names[:min(len(names), 10)], ", "))
	}
	return nil, &Mistake{reason.New("cli.route.client", yamldoc.Quote(q.From), t.File), yamldoc.Meant(q.From, names)}
}

// Clients returns the names of t's clients, none if t is nil.
func Clients(t *topology.Topology) []string {
	if t == nil {
		return nil
	}
	names := make([]string, len(t.Clients))
	for i, c := range t.Clients {
		names[i] = c.Name
	}
	return names
}

// requests returns what q asks of urls.
func (q *Question) requests(t *topology.Topology, urls []string) ([]topology.Request, error) {
	base := topology.Request{Action: setting(q.Action), Service: setting(q.Service), Region: setting(q.Region), Bucket: setting(q.Bucket)}
	if service, action, ok := strings.Cut(q.Action, ":"); q.Action != "" && (!ok || service == "" || action == "") {
		return nil, mistake("cli.route.action", yamldoc.Quote(q.Action))
	}
	if q.Principal != "" {
		p, ok := topology.ParsePrincipal(q.Principal)
		if !ok || t.Account(p.Account) == nil {
			return nil, mistake("cli.route.principal", yamldoc.Quote(q.Principal))
		}
		base.Principal = topology.Setting[topology.Principal]{V: p, State: topology.Written}
	}
	if q.Region != "" && !awsdata.RegionShape(q.Region) {
		return nil, mistake("cli.not-a-region", strconv.Quote(q.Region))
	}
	if q.Idle >= 0 {
		base.Idle = topology.Setting[int]{V: q.Idle, State: topology.Written}
	}
	requests := make([]topology.Request, len(urls))
	for i, text := range urls {
		u, err := urlOf(text)
		if err != nil {
			return nil, err
		}
		requests[i] = base
		requests[i].URL = u
	}
	return requests, nil
}

func setting(text string) topology.Setting[string] {
	if text == "" {
		return topology.Setting[string]{}
	}
	return topology.Setting[string]{V: text, State: topology.Written}
}

// urlOf reads a URL. A host alone is probably meant as https.
func urlOf(text string) (*url.URL, error) {
	if u, ok := topology.ParseURL(text); ok {
		return u, nil
	}
	err := mistake("cli.route.url", yamldoc.Quote(text))
	if u, ok := topology.ParseURL("https://" + text); ok && !strings.Contains(text, "://") && strings.Contains(u.Host, ".") {
		err.Hint = reason.New("cli.meant", u.String())
	}
	return nil, err
}

// Extent is what the flags of "deguchi survey" ask besides what the file tells.
type Extent struct {
	Options
	Jobs, URLs, Regions []string
	Only                bool
}

// wanted returns e as the survey of t takes it.
func (e *Extent) wanted(t *topology.Topology) (survey.Wanted, error) {
	w := survey.Wanted{Regions: e.Regions, Only: e.Only}
	if e.Only && len(e.Jobs)+len(e.URLs) == 0 {
		return w, mistake("cli.survey.nothing")
	}
	for _, r := range e.Regions {
		if !awsdata.RegionShape(r) {
			return w, mistake("cli.not-a-region", strconv.Quote(r))
		}
	}
	for _, name := range e.Jobs {
		j, ok := awsdata.JobNamed(name)
		if !ok {
			return w, &Mistake{reason.New("cli.unknown-job", yamldoc.Quote(name)), yamldoc.Meant(name, jobs())}
		}
		w.Jobs = append(w.Jobs, j)
	}
	if len(e.Jobs) > 0 && len(e.Regions)+len(survey.Regions(t)) == 0 {
		return w, mistake("cli.survey.no-region")
	}
	for _, text := range e.URLs {
		u, err := urlOf(text)
		if err != nil {
			return w, err
		}
		w.URLs = append(w.URLs, u)
	}
	return w, nil
}

// jobs returns the names of all jobs.
func jobs() []string {
	var names []string
	for _, j := range awsdata.Jobs() {
		names = append(names, j.Name)
	}
	return names
}
