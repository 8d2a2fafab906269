package check

import (
	"cmp"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// shadow asks the planner about clients that are not in the file: those of the
// file with credentials that nobody has to fetch, so that a way is not cut short
// by its credential call, and a client on the host of every proxy.
type shadow struct {
	plan *route.Planner
	// plain is a client with static credentials, listless the same without
	// exceptions; host stands on a proxy.
	plain, listless map[*topology.Client]*topology.Client
	host            map[*topology.Proxy]*topology.Client
}

// newShadow makes t ready to be asked. AWS's own buckets are added where t does
// not list them.
func newShadow(t *topology.Topology, now time.Time) *shadow {
	s := &shadow{
		plain:    make(map[*topology.Client]*topology.Client, len(t.Clients)),
		listless: make(map[*topology.Client]*topology.Client, len(t.Clients)),
		host:     make(map[*topology.Proxy]*topology.Client, len(t.Proxies)),
	}
	other := *t
	other.Clients = nil
	for _, c := range t.Clients {
		plain := *c
		plain.Credentials = topology.Setting[topology.Credentials]{State: topology.Written}
		listless := plain
		listless.NoProxy = topology.Setting[[]string]{}
		s.plain[c], s.listless[c] = &plain, &listless
		other.Clients = append(other.Clients, &plain, &listless)
	}
	for _, p := range t.Proxies {
		s.host[p] = &topology.Client{Name: p.Name, At: topology.Spot{Proxy: p}}
		other.Clients = append(other.Clients, s.host[p])
	}
	other.Buckets = slices.Clone(t.Buckets)
	for _, b := range awsBuckets(t) {
		if t.Bucket(b.Name) == nil {
			other.Buckets = append(other.Buckets, b)
		}
	}
	slices.SortFunc(other.Buckets, func(a, b *topology.Bucket) int { return cmp.Compare(a.Name, b.Name) })
	s.plan = route.New(&other, route.Options{Now: now})
	return s
}

// trace returns the way of a GET of https://host/path.
func (s *shadow) trace(c *topology.Client, host, path string) route.Trace {
	return s.plan.Trace(c, topology.Request{URL: &url.URL{Scheme: "https", Host: host, Path: path}})
}

// lost reports whether a request got nowhere.
func lost(v route.Verdict) bool {
	return v == route.NoRoute || v == route.TimesOut || v == route.DNSFails
}

// addressOf returns where requests of c come from: its address, or the network
// that holds it.
func addressOf(at topology.Spot, ip topology.Setting[netip.Addr]) string {
	switch {
	case at.Proxy != nil:
		return addressOf(at.Proxy.At, at.Proxy.IP)
	case ip.Is():
		return ip.V.String()
	case at.Site != nil:
		return at.Site.CIDR.String()
	}
	return at.Subnet.CIDR.String()
}
