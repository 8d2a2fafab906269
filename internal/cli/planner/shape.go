package planner

import (
	"net/url"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/draw"
	"github.com/deguchi-project/deguchi/internal/engine/fix"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Basis is what an answer stands on.
type Basis struct {
	File    string   `json:"file"`
	Title   string   `json:"title"`
	Strict  bool     `json:"strict"`
	Changes []string `json:"changes"` // made to the file before
}

func basisOf(t *topology.Topology, o *Options) Basis {
	return Basis{t.File, t.Title, o.Strict, listOf(o.Changes)}
}

// Routes is the answer of "deguchi route --json".
type Routes struct {
	Basis
	Routes []Route `json:"routes"`
}

// Route is the way of one request.
type Route struct {
	Client      string            `json:"client"`
	URL         string            `json:"url"`
	Verdict     string            `json:"verdict"`
	Path        []Hop             `json:"path"`
	Endpoint    string            `json:"endpoint"` // "app/s3", "none"
	Unmeant     bool              `json:"unmeant"`  // endpoint is not the client's, who has one of its own
	Unused      []Unused          `json:"unused"`   // endpoints for the service that stand beside the way
	DNS         DNS               `json:"dns"`
	Context     map[string]string `json:"context"` // empty if the request does not reach AWS
	Credentials string            `json:"credentials"`
	Redirect    string            `json:"redirect"` // empty if there is none
	Because     string            `json:"because"`
	Position    string            `json:"position"` // of what decided, empty if that is not written
	Asked       Asked             `json:"asked"`
	Assumed     []string          `json:"assumed"`
	Open        []string          `json:"open"` // those of assumed that let requests through: --strict takes them as unknown
	Fix         []Fix             `json:"fix"`
}

// Unused is an endpoint that a client or a proxy on the way could believe in.
type Unused struct {
	Endpoint string `json:"endpoint"`
	Because  string `json:"because"` // empty if the endpoint itself does not tell
}

// Hop is one step of a way.
type Hop struct {
	Hop      string `json:"hop"` // "vpce:app/s3"
	Because  string `json:"because"`
	Position string `json:"position"`
	At       string `json:"at"` // the subnet or site it stands in, as far as it does
}

// DNS is who resolves the name, and what the answer is.
type DNS struct {
	By     string `json:"by"`
	Answer string `json:"answer"`
}

// Asked is what the URL asks for.
type Asked struct {
	Service string `json:"service"` // empty if it is not AWS
	Region  string `json:"region"`
	Bucket  string `json:"bucket"`
	Action  string `json:"action"`
}

// Fix is a change with which the request reaches.
type Fix struct {
	Change       string   `json:"change"` // as a test writes it; empty if no topology can hold it
	Because      string   `json:"because"`
	VerdictAfter string   `json:"verdict_after"`
	AlsoChanges  []Effect `json:"also_changes"`
	Against      []string `json:"against"` // tests of the file that state the failure: they no longer hold
}

// Effect is another route that a fix changes.
type Effect struct {
	Client        string   `json:"client"`
	URL           string   `json:"url"`
	Action        string   `json:"action,omitempty"` // empty if nobody named one
	Principal     string   `json:"principal,omitempty"`
	VerdictBefore string   `json:"verdict_before"`
	VerdictAfter  string   `json:"verdict_after"`
	PathBefore    []string `json:"path_before"`
	PathAfter     []string `json:"path_after"`
}

// routeOf returns t, a way through top, with the changes that would help it, in
// words of lang.
func routeOf(top *topology.Topology, t *route.Trace, fixes []fix.Fix, lang reason.Lang) Route {
	beside := draw.BesideOf(top, *t, lang)
	r := Route{
		Client: t.Client.Name, URL: address(t.Request.URL), Verdict: string(t.Verdict),
		Path: make([]Hop, len(t.Hops)), Endpoint: t.Crossed(), DNS: dnsOf(t.DNS),
		Context: map[string]string{}, Credentials: t.Credentials, Redirect: t.Redirect,
		Because: t.Because.In(lang), Position: place(t.Pos), Asked: askedOf(t.Asked),
		Assumed: make([]string, len(t.Assumed)), Open: []string{}, Fix: make([]Fix, len(fixes)),
		Unmeant: beside.Unmeant, Unused: make([]Unused, len(beside.Unused)),
	}
	for i, u := range beside.Unused {
		r.Unused[i] = Unused{u.Endpoint.Path(), u.Why}
	}
	for i, h := range t.Hops {
		r.Path[i] = Hop{h.String(), h.Because.In(lang), place(h.Pos), where(h)}
	}
	for _, k := range t.Context {
		r.Context[k.Name] = k.Value
	}
	for i, a := range t.Assumed {
		r.Assumed[i] = a.String()
		if a.Open {
			r.Open = append(r.Open, a.String())
		}
	}
	for i, f := range fixes {
		r.Fix[i] = fixOf(f, lang)
	}
	return r
}

// led returns in one sentence why t came to what it did: why it was stopped, or
// what led it out to its goal.
func led(t *route.Trace) (reason.Because, diag.Pos) {
	if n := len(t.Hops); t.Verdict == route.Reached && n > 1 && !t.Hops[n-2].Because.IsZero() {
		return t.Hops[n-2].Because, t.Hops[n-2].Pos
	}
	return t.Because, t.Pos
}

func dnsOf(d topology.DNS) DNS { return DNS{d.By, d.Answer} }

func askedOf(a route.Asked) Asked { return Asked{a.Service, a.Region, a.Bucket, a.Action} }

func where(h route.Hop) string {
	switch {
	case h.Subnet != nil:
		return h.Subnet.Path()
	case h.Site != nil:
		return h.Site.Name
	}
	return ""
}

func fixOf(f fix.Fix, lang reason.Lang) Fix {
	doc := Fix{
		Change: f.Change, Because: f.Because.In(lang), VerdictAfter: string(f.After),
		AlsoChanges: make([]Effect, len(f.AlsoChanges)), Against: listOf(f.Against),
	}
	for i, e := range f.AlsoChanges {
		doc.AlsoChanges[i] = Effect{
			e.Client, e.URL, e.Action, account(e.Principal), string(e.Before), string(e.After), listOf(e.PathBefore), listOf(e.PathAfter),
		}
	}
	return doc
}

// listOf returns a as JSON shows it: never null.
func listOf(a []string) []string { return append([]string{}, a...) }

// hops returns the names of r's hops.
func (r *Route) hops() []string {
	names := make([]string, len(r.Path))
	for i, h := range r.Path {
		names[i] = h.Hop
	}
	return names
}

// unfixed says why there is no fix for r, which does not reach.
func (r *Route) unfixed() reason.Code {
	if r.Verdict == string(route.Unknown) {
		return "plan.settle"
	}
	return "plan.none-found"
}

// failed reports whether the request does not reach.
func (r *Route) failed() bool { return r.Verdict != string(route.Reached) }

// failed reports whether one of rs does not reach.
func (rs Routes) failed() bool {
	for i := range rs.Routes {
		if rs.Routes[i].failed() {
			return true
		}
	}
	return false
}

// address is u as it is shown: without what signs it.
func address(u *url.URL) string { return diag.Redact(u.String()) }
