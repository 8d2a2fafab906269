// Package route says which way a request goes through a topology and what stops
// it, hop by hop and each hop with its reason. It asks the five questions of
// the format, in this order: by proxy or direct, who resolves the name, public
// or an endpoint, which route, which keys and policies.
//
//	p := route.New(t, route.Options{Now: now})
//	trace := p.Trace(t.Client("ec2"), request)
//	fmt.Println(trace.Verdict, trace.Path())
//
// It is pure: the same topology and request have the same answer, whatever the
// order of the file's maps. What the file does not tell and what could change
// the verdict stands under Trace.Assumed; what nobody can tell from it is
// Unknown, which is never Reached.
//
// It does not evaluate identity policies, and it sends nothing.
package route

import (
	"strconv"
	"sync"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/access"
	"github.com/deguchi-project/deguchi/internal/engine/iampolicy"
	"github.com/deguchi-project/deguchi/internal/engine/route/seen"
	"github.com/deguchi-project/deguchi/internal/engine/route/target"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Options are what a Planner needs besides the topology.
type Options struct {
	// Now is for rules of proxies' configurations that are past their until.
	Now time.Time
	// Strict takes what is open because it is not written (security groups,
	// network ACLs, policies, lists of a proxy) as unknown.
	Strict bool
}

// Planner is a topology ready to answer. Its answers never change, and it may be
// asked by any number of goroutines.
type Planner struct {
	t            *topology.Topology
	options      Options
	clients      map[*topology.Client]*sender
	senders      map[*topology.Proxy]*sender
	environments map[*topology.Client]environment
	rules        map[*topology.Proxy]*access.Rules
	private      map[*topology.VPC]*privateNames
	dnsNames     map[string]*topology.Endpoint
	links        map[*topology.Site][]*topology.Link // that lead to VPCs and sites, the preferred first
	publicVIF    map[*topology.Site]*topology.Link
	attached     map[*topology.Link]*attached // to transit gateways
	accounts     seen.Accounts                // of the topology, for ids in policies
	walks        sync.Pool                    // what a Trace needs while it is made
}

// New makes t ready to answer. It keeps t: traces point into it.
func New(t *topology.Topology, options Options) *Planner {
	p := &Planner{
		t: t, options: options,
		clients:      make(map[*topology.Client]*sender, len(t.Clients)),
		senders:      make(map[*topology.Proxy]*sender, len(t.Proxies)),
		environments: make(map[*topology.Client]environment, len(t.Clients)),
		rules:        make(map[*topology.Proxy]*access.Rules),
		private:      make(map[*topology.VPC]*privateNames),
		dnsNames:     make(map[string]*topology.Endpoint),
		links:        make(map[*topology.Site][]*topology.Link),
		publicVIF:    make(map[*topology.Site]*topology.Link),
		attached:     make(map[*topology.Link]*attached),
		accounts:     seen.AccountsOf(t),
		walks:        sync.Pool{New: func() any { return &walk{named: make(iampolicy.Context)} }},
	}
	for _, x := range t.Proxies {
		p.senders[x] = proxySender(x)
		if x.Config.Is() {
			p.rules[x] = access.Compile(x.Config.V)
		}
	}
	for _, c := range t.Clients {
		p.clients[c] = p.clientSender(c)
		p.environments[c] = environmentOf(c)
	}
	for _, v := range t.VPCs {
		p.names(v)
	}
	p.join()
	return p
}

// names takes up the names of the endpoints in v.
func (p *Planner) names(v *topology.VPC) {
	if n := privateNamesOf(v); n != nil {
		p.private[v] = n
	}
	for _, e := range v.Endpoints {
		if e.DNSName.Is() {
			p.dnsNames[e.DNSName.V] = e
		}
	}
}

// preferred are the links of a site that lead to VPCs, as AWS prefers them:
// Direct Connect before a VPN.
var preferred = []topology.LinkKind{topology.DX, topology.TGW, topology.VPN}

func (p *Planner) join() {
	for _, kind := range preferred {
		for _, l := range p.t.Links {
			if l.Kind == kind {
				for _, s := range l.Sites {
					p.links[s] = append(p.links[s], l)
				}
			}
		}
	}
	for _, l := range p.t.Links {
		if l.Kind == topology.TGW {
			p.attached[l] = attachedTo(l)
		}
		if l.Kind == topology.DXPublic && p.publicVIF[l.Sites[0]] == nil {
			p.publicVIF[l.Sites[0]] = l
		}
	}
}

// Topology returns what p answers from.
func (p *Planner) Topology() *topology.Topology { return p.t }

// Options returns what p was made with, for a planner of another topology that
// is to answer like p.
func (p *Planner) Options() Options { return p.options }

// Trace returns the way of the request q of client c, one of p's topology.
func (p *Planner) Trace(c *topology.Client, q topology.Request) Trace {
	w := p.walks.Get().(*walk)
	defer p.walks.Put(w)
	w.start(p, c, q)
	if w.credentials() && w.attempt() {
		w.finish()
	}
	return w.result()
}

// finish is the end of a request that nothing stopped: S3 of another Region
// sends the client on once, and a tunnel that is silent for long is forgotten.
func (w *walk) finish() {
	if to := w.redirected(); to != "" && w.trace.Redirect == "" {
		w.again(to)
		return
	}
	if w.idle != nil {
		w.end(TimesOut, reason.New("route.idle", w.idle.Name, strconv.Itoa(w.idle.IdleTimeout.V)), w.idle.Pos)
	}
}

// again starts over with the host that S3 named.
func (w *walk) again(host string) {
	u := *w.trace.Request.URL
	if u.Host = host; w.trace.Request.URL.Port() != "" {
		u.Host += ":" + w.trace.Request.URL.Port()
	}
	first := w.trace.Request
	w.trace.Redirect, w.trace.Endpoint, w.trace.Context, w.idle = host, nil, nil, nil
	w.trace.Request.URL = &u
	w.asked = target.Of(w.trace.Request)
	if w.attempt() {
		w.finish()
	}
	w.trace.Request = first
}
