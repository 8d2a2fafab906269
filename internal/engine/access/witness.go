package access

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// bounds are those of a comparison: beyond them the witnesses are the first
// ones, and the comparison says so.
type bounds struct{ requests, hosts int }

// witnesses are requests that between them meet what the rules of either file
// ask for, in an order that depends on the files alone: first the hosts that
// only one of the files names, for there they differ.
type witnesses struct {
	witness
	now    time.Time
	within bounds
	tried  Tried
	hosts  []target
}

func newWitnesses(a, b *config.Config, now time.Time, within bounds) *witnesses {
	w := &witnesses{now: now, within: within, tried: Tried{All: true}}
	for i, cfg := range []*config.Config{a, b} {
		w.read(cfg, &w.names[i])
	}
	w.hosts = w.targets()
	return w
}

// all yields them once, and keeps count.
func (w *witnesses) all(yield func(Request) bool) {
	ports := slices.Sorted(maps.Keys(w.ports))
	for i, h := range w.hosts {
		for _, port := range ports {
			for _, from := range w.from {
				for _, scheme := range w.schemesAt(port) {
					if w.tried.Requests == w.within.requests {
						w.tried.All = false
						return
					}
					w.tried.Requests, w.tried.Hosts = w.tried.Requests+1, i+1
					if !yield(Request{Client: from.addr, Endpoint: from.endpoint, Host: h.host, Name: h.name, Port: port, Scheme: scheme, Now: w.now}) {
						return
					}
				}
			}
		}
	}
}

// witness collects what files name.
type witness struct {
	names   [2]naming
	from    []asker
	asked   map[asker]bool
	nets    []netip.Prefix
	ports   map[uint16]bool
	regions []string
	both    bool // schemes are told apart
}

// naming is what one file names.
type naming struct{ hosts, buckets []string }

// asker is one who asks.
type asker struct {
	addr     netip.Addr
	endpoint string
}

// target is a host with what it is.
type target struct {
	host netset.Host
	name awsname.Name
}

func (w *witness) read(cfg *config.Config, names *naming) {
	if w.ports == nil {
		w.ports = map[uint16]bool{443: true, 80: true}
		w.asked = make(map[asker]bool)
		w.regions = []string{"us-east-1"}
	}
	clients := newClients(cfg)
	for i, e := range clients.entries {
		w.ask(clients.asks[i], e.Endpoints)
	}
	for i := range cfg.Rules {
		w.readRule(&cfg.Rules[i].Match, names)
	}
}

// ask adds one asker for each prefix of an entry, with each of its endpoints.
func (w *witness) ask(from []netip.Prefix, endpoints []string) {
	add := func(a asker) {
		if !w.asked[a] {
			w.asked[a] = true
			w.from = append(w.from, a)
		}
	}
	if len(endpoints) == 0 {
		endpoints = []string{""}
	}
	for _, id := range endpoints {
		for _, p := range from {
			add(asker{inside(p), id})
		}
		if len(from) == 0 {
			add(asker{netip.AddrFrom4([4]byte{10, 0, 0, 1}), id})
		}
	}
}

// inside is an address of p that is not the network's own, where there is one.
func inside(p netip.Prefix) netip.Addr {
	if next := p.Addr().Next(); p.Contains(next) {
		return next
	}
	return p.Addr()
}

func (w *witness) readRule(m *config.Match, names *naming) {
	for _, h := range m.Hosts {
		name := strings.TrimPrefix(strings.ReplaceAll(h, "*", "x"), ".")
		names.hosts = append(names.hosts, name)
		if strings.HasPrefix(h, ".") {
			names.hosts = append(names.hosts, "x."+name)
		}
	}
	w.nets = append(w.nets, m.Networks...)
	for _, r := range m.Regions {
		if r = plainRegion(r); !slices.Contains(w.regions, r) {
			w.regions = append(w.regions, r)
		}
	}
	names.buckets = append(names.buckets, m.Buckets...)
	for _, service := range m.Services {
		for _, region := range append([]string{"us-east-1"}, m.Regions...) {
			names.hosts = append(names.hosts, plain(service)+"."+plainRegion(region)+".amazonaws.com")
		}
	}
	for _, id := range m.Accounts {
		names.hosts = append(names.hosts, plain(id)+".dkr.ecr.us-east-1.amazonaws.com")
	}
	if job, ok := awsdata.JobNamed(m.Job); ok {
		names.readJob(job, append([]string{"us-east-1"}, m.Regions...))
	}
	for _, p := range m.Ports {
		w.ports[p.First], w.ports[p.Last] = true, true
	}
	w.both = w.both || len(m.Schemes) == 1
}

// readJob adds the hosts that a job requires in regions. What a customer fills
// in is twelve digits, which fit an account and any other name.
func (n *naming) readJob(job awsdata.Job, regions []string) {
	for _, t := range job.Hosts {
		for _, region := range regions {
			region = plainRegion(region)
			host := blanked(t.Expand(region, awsdata.PartitionOf(region)))
			n.hosts = append(n.hosts, strings.ReplaceAll(host, "*", "123456789012"))
		}
	}
}

// targets are the hosts to try, without repetition.
func (w *witnesses) targets() []target {
	one, other := w.texts(&w.names[0]), w.texts(&w.names[1])
	common, rest := overlap(one, other)
	seen := make(map[string]bool)
	var targets []target
	for _, text := range slices.Concat(perKind, rest, common) {
		host, err := netset.ParseHost(text)
		if err != nil || seen[text] {
			continue
		}
		if len(targets) == w.within.hosts {
			w.tried.All = false
			break
		}
		seen[text] = true
		t := target{host: host}
		if !host.IsAddr() {
			t.name = nameOf(host.Name)
		}
		targets = append(targets, t)
	}
	for _, p := range w.nets {
		targets = append(targets, target{host: netset.Host{Addr: inside(unmapped(p))}})
	}
	return targets
}

// texts are the hosts that n names, and those of its buckets in every region
// that one of the files names.
func (w *witnesses) texts(n *naming) []string {
	all := slices.Clone(n.hosts)
	for _, b := range n.buckets {
		for _, r := range w.regions {
			all = append(all, fmt.Sprintf("%s.s3.%s.amazonaws.com", plain(b), r))
		}
		if len(all) > 2*w.within.hosts {
			w.tried.All = false
			break
		}
	}
	return all
}

// overlap returns what stands in both lists, and what stands in one alone, each
// in the order of the lists.
func overlap(a, b []string) (common, rest []string) {
	inB := make(map[string]bool, len(b))
	for _, v := range b {
		inB[v] = true
	}
	inBoth := make(map[string]bool, len(a))
	for _, v := range a {
		if inB[v] {
			inBoth[v] = true
			common = append(common, v)
		} else {
			rest = append(rest, v)
		}
	}
	for _, v := range b {
		if !inBoth[v] {
			rest = append(rest, v)
		}
	}
	return common, rest
}

// schemesAt are the schemes to try at port: both where some rule tells them
// apart, else the one that is usual there.
func (w *witness) schemesAt(port uint16) []Scheme {
	switch {
	case w.both:
		return []Scheme{HTTPS, HTTP}
	case port == 80:
		return []Scheme{HTTP}
	}
	return []Scheme{HTTPS}
}
