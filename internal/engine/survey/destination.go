package survey

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Source is where a destination is known from.
type Source string

// The sources.
const (
	FromTest     Source = "test"
	FromBucket   Source = "bucket"
	FromEndpoint Source = "endpoint"
	FromProxy    Source = "proxy"    // a whole AWS name in a proxy's list
	FromNoProxy  Source = "no_proxy" // a whole AWS name that a client excludes
	FromJob      Source = "job"
	FromCaller   Source = "url"
)

// Destination is a request that matters.
type Destination struct {
	Request topology.Request
	Sources []Source // in the order in which they were met, each once
}

// Wanted says what a survey is to ask besides what its file tells.
type Wanted struct {
	URLs    []*url.URL
	Jobs    []awsdata.Job
	Regions []string // of the jobs; if empty, those of the file's VPCs
	Only    bool     // only these, nothing from the file
	Idle    bool     // requests of tests with their idle seconds
}

// Destinations returns what clients of t are known to need, each once: what
// the caller asks for, the URLs of the tests, listed buckets, the services of
// endpoints, whole AWS names in the lists of proxies and clients.
func Destinations(t *topology.Topology, w Wanted) []Destination {
	l := &list{t: t, at: make(map[string]int)}
	for _, u := range w.URLs {
		l.add(FromCaller, topology.Request{URL: u})
	}
	for _, j := range w.Jobs {
		l.job(j, w.Regions)
	}
	if w.Only {
		return l.all
	}
	for _, test := range t.Tests {
		l.test(test.Request, w.Idle)
	}
	for _, b := range t.Buckets {
		l.name(FromBucket, bucketName(b))
	}
	for _, v := range t.VPCs {
		for _, e := range v.Endpoints {
			l.name(FromEndpoint, l.serviceName(e))
		}
	}
	for _, p := range t.Proxies {
		l.names(FromProxy, p.AllowDomains.V)
		l.names(FromProxy, p.ParentFor.V)
	}
	for _, c := range t.Clients {
		l.names(FromNoProxy, c.NoProxy.V)
	}
	return l.all
}

// list collects destinations, each once.
type list struct {
	t   *topology.Topology
	all []Destination
	at  map[string]int // place in all, by request
}

// add adds q, or only the source if q is there.
func (l *list) add(from Source, q topology.Request) {
	key := Key(q)
	i, ok := l.at[key]
	if !ok {
		i = len(l.all)
		l.at[key] = i
		l.all = append(l.all, Destination{Request: q})
	}
	if d := &l.all[i]; !slices.Contains(d.Sources, from) {
		d.Sources = append(d.Sources, from)
	}
}

// Key returns q as text: equal for requests that are the same.
func Key(q topology.Request) string {
	u := *q.URL
	if u.Path == "" {
		u.Path = "/"
	}
	u.Host = strings.ToLower(u.Host)
	parts := []string{
		u.String(), text(q.Action), text(q.Service), text(q.Region), text(q.Bucket),
		q.Principal.V.Account + "/" + q.Principal.V.Role, state(q.Principal.State), strconv.Itoa(q.Idle.V), state(q.Idle.State),
	}
	return strings.Join(parts, "\x00")
}

func text(s topology.Setting[string]) string { return s.V + state(s.State) }

func state(s topology.State) string { return strconv.Itoa(int(s)) }

// test adds the request of a test. A principal that only the test's change
// knows means nothing here.
func (l *list) test(q topology.Request, idle bool) {
	if q.Principal.Is() && l.t.Account(q.Principal.V.Account) == nil {
		q.Principal = topology.Setting[topology.Principal]{}
	}
	if !idle {
		q.Idle = topology.Setting[int]{}
	}
	l.add(FromTest, q)
}

// name adds a host, if there is one.
func (l *list) name(from Source, host string) {
	if host != "" {
		l.add(from, topology.Request{URL: &url.URL{Scheme: "https", Host: host, Path: "/"}})
	}
}

// names adds those of entries that are whole AWS names.
func (l *list) names(from Source, entries []string) {
	for _, e := range entries {
		if strings.HasPrefix(e, ".") || strings.ContainsAny(e, "*/:") {
			continue
		}
		if host, n, err := awsdata.Names().Parse(e); err == nil && n.Service != "" && n.Partition != "" {
			l.name(from, host.String())
		}
	}
}
