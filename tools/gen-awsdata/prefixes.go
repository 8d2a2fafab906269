package main

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
)

// prefixRow is a row of table prefixes.
type prefixRow struct {
	Prefix  string   `json:"prefix"`
	Service string   `json:"service,omitempty"`
	Kind    string   `json:"kind,omitempty"`
	First   bool     `json:"first,omitempty"`
	At      []string `json:"at"`

	Numbered bool `json:"numbered,omitempty"`
}

// fewest is the number of hosts from which a region in front is a form and not
// a single name.
const fewest = 5

type prefixKey struct {
	prefix string
	first  bool
}

type gathered struct {
	at       set
	services map[string]int // how many hosts name it
	hosts    int
}

// prefixesOf condenses endpoints to what stands before the region, and adds
// what the SDKs do not know.
func prefixesOf(endpoints map[string]*endpoint, extra extraFile) []prefixRow {
	found := map[prefixKey]*gathered{}
	for host, e := range endpoints {
		prefix, at, first, ok := split(host)
		if !ok || decorated(prefix) {
			continue
		}
		k := prefixKey{prefix, first}
		g := found[k]
		if g == nil {
			g = &gathered{set{}, map[string]int{}, 0}
			found[k] = g
		}
		g.at[at] = true
		g.hosts++
		for s := range e.services {
			g.services[s]++
		}
	}
	var all []prefixRow
	for k, g := range found {
		if k.first && g.hosts < fewest {
			continue
		}
		all = append(all, newPrefixRow(k, mostNamed(g.services, k.prefix), slices.Sorted(maps.Keys(g.at))))
	}
	all = addExtra(all, extra)
	for i := range all {
		all[i].At = shorten(all[i].At)
	}
	slices.SortFunc(all, func(a, b prefixRow) int {
		return cmp.Or(strings.Compare(a.Prefix, b.Prefix), compareBool(a.First, b.First), strings.Compare(a.Service, b.Service))
	})
	return all
}

func newPrefixRow(k prefixKey, service string, at []string) prefixRow {
	if service == k.prefix {
		service = ""
	}
	return prefixRow{Prefix: k.prefix, Service: service, First: k.first, At: at}
}

// decorated reports whether the label before the region is no service: in
// "routes.geo.us-gov-west-1.us-gov" the region is not where it looks.
func decorated(prefix string) bool { return strings.HasSuffix(prefix, ".us-gov") }

// mostNamed returns the service that most hosts name, of equals the one that
// the prefix is named after, else the first.
func mostNamed(services map[string]int, prefix string) string {
	best := ""
	for _, s := range slices.Sorted(maps.Keys(services)) {
		better := services[s] > services[best]
		if better || services[s] == services[best] && s == strings.TrimSuffix(prefix, "-fips") {
			best = s
		}
	}
	return best
}

// shorten writes "*" for every partition, and "*/dual" for every partition's
// dual-stack suffix.
func shorten(at []string) []string {
	var short []string
	for _, under := range []string{"", "/dual", "/on.aws"} {
		var here []string
		for _, p := range at {
			if partition, ok := strings.CutSuffix(p, under); ok && !strings.Contains(partition, "/") {
				here = append(here, p)
			}
		}
		if len(here) == len(awsname.Partitions()) {
			here = []string{"*" + under}
		}
		short = append(short, here...)
	}
	return short
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
