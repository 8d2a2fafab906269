package access

import (
	"fmt"
	"iter"
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

// The bounds of a comparison: beyond them the witnesses are the first ones.
const (
	maxWitnesses = 1_000_000
	maxHosts     = 20_000
)

// witnesses yields requests that between them meet what the rules of either
// file ask for, in an order that depends on the files alone.
func witnesses(a, b *config.Config, now time.Time) iter.Seq[Request] {
	var w witness
	for _, cfg := range []*config.Config{a, b} {
		w.read(cfg)
	}
	hosts := w.targets()
	ports := slices.Sorted(maps.Keys(w.ports))
	return func(yield func(Request) bool) {
		left := maxWitnesses
		for _, h := range hosts {
			for _, port := range ports {
				for _, from := range w.from {
					for _, scheme := range w.schemesAt(port) {
						q := Request{Client: from.addr, Endpoint: from.endpoint, Host: h.host, Name: h.name, Port: port, Scheme: scheme, Now: now}
						if left--; left < 0 || !yield(q) {
							return
						}
					}
				}
			}
		}
	}
}

// witness collects what files name.
type witness struct {
	from    []asker
	asked   map[asker]bool
	hosts   []string
	nets    []netip.Prefix
	ports   map[uint16]bool
	regions []string
	buckets []string
	both    bool // schemes are told apart
}

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

func (w *witness) read(cfg *config.Config) {
	if w.ports == nil {
		w.ports = map[uint16]bool{443: true, 80: true}
		w.asked = make(map[asker]bool)
	}
	clients := newClients(cfg)
	for i, e := range clients.entries {
		w.ask(clients.asks[i], e.Endpoints)
	}
	for i := range cfg.Rules {
		w.readRule(&cfg.Rules[i].Match)
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

func (w *witness) readRule(m *config.Match) {
	for _, h := range m.Hosts {
		name := strings.TrimPrefix(strings.ReplaceAll(h, "*", "x"), ".")
		w.hosts = append(w.hosts, name)
		if strings.HasPrefix(h, ".") {
			w.hosts = append(w.hosts, "x."+name)
		}
	}
	w.nets = append(w.nets, m.Networks...)
	w.regions = append(w.regions, m.Regions...)
	w.buckets = append(w.buckets, m.Buckets...)
	for _, service := range m.Services {
		for _, region := range append([]string{"us-east-1"}, m.Regions...) {
			w.hosts = append(w.hosts, plain(service)+"."+plainRegion(region)+".amazonaws.com")
		}
	}
	for _, id := range m.Accounts {
		w.hosts = append(w.hosts, plain(id)+".dkr.ecr.us-east-1.amazonaws.com")
	}
	if job, ok := awsdata.JobNamed(m.Job); ok {
		w.readJob(job, append([]string{"us-east-1"}, m.Regions...))
	}
	for _, p := range m.Ports {
		w.ports[p.First], w.ports[p.Last] = true, true
	}
	w.both = w.both || len(m.Schemes) == 1
}

// readJob adds the hosts that a job requires in regions. What a customer fills
// in is twelve digits, which fit an account and any other name.
func (w *witness) readJob(job awsdata.Job, regions []string) {
	for _, t := range job.Hosts {
		for _, region := range regions {
			region = plainRegion(region)
			host := blanked(t.Expand(region, awsdata.PartitionOf(region)))
			w.hosts = append(w.hosts, strings.ReplaceAll(host, "*", "123456789012"))
		}
	}
}

// targets are the hosts to try, without repetition.
func (w *witness) targets() []target {
	all := slices.Concat(perKind, w.hosts)
	for _, b := range w.buckets {
		for _, r := range append([]string{"us-east-1"}, w.regions...) {
			all = append(all, fmt.Sprintf("%s.s3.%s.amazonaws.com", plain(b), plainRegion(r)))
		}
		if len(all) > 2*maxHosts {
			break
		}
	}
	seen := make(map[string]bool)
	var targets []target
	for _, text := range all {
		host, err := netset.ParseHost(text)
		if err != nil || seen[text] || len(targets) == maxHosts {
			continue
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
