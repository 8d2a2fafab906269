package route_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/engine/route/routetest"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// refusing are the lists that an empty one must not be wider than, by the group
// of the object they belong to: what is written there refuses every request.
var refusing = map[string]map[string]any{
	"clients":           {"sg_to": elsewhere},
	"proxies":           {"allow_domains": []any{"elsewhere.example"}, "allow_sources": elsewhere, "sg_from": elsewhere, "sg_to": elsewhere},
	"nlbs":              {"sg_from": elsewhere},
	"endpoints":         {"policy": []any{routetest.Doc{"Effect": "Deny"}}, "sg_from": elsewhere},
	"endpoint_services": {"allow": []any{"aws"}, "regions": []any{"eu-west-3"}},
	"nacl":              {"in": []any{"deny any"}, "out": []any{"deny any"}},
}

var elsewhere = []any{"192.0.2.0/24"}

// TestEmptyListsRefuse: on the ways of the shared topologies that reach, where a
// list that refuses stops the request, an empty one does. Together they come to
// every list of the format.
func TestEmptyListsRefuse(t *testing.T) {
	files, err := filepath.Glob("../../../testdata/routes/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	stopped := map[string]bool{}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		top, problems := topology.Parse(file, src, topology.Options{Now: now})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		for _, test := range top.Tests {
			if changed, _ := top.Apply(test.Change); test.Expect.Verdict == "reached" {
				emptied(t, changed, test, stopped)
			}
		}
	}
	for group, keys := range refusing {
		for key := range keys {
			if !stopped[group+" "+key] {
				t.Errorf("%s of %s stops no request of the shared topologies", key, group)
			}
		}
	}
}

// emptied empties the lists that the request of test comes to, one by one, and
// notes in stopped which of them stop it.
func emptied(t *testing.T, top *topology.Topology, test *topology.Test, stopped map[string]bool) {
	t.Helper()
	comesTo := func(value any, path []string) route.Trace {
		change, problems := topology.ReadChange("change.yaml", routetest.Doc{}.Set(value, path...).Text())
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		changed, problems := top.Apply(change)
		if len(problems) > 0 { // the object has no such key
			changed = top
		}
		return route.New(changed, route.Options{Now: now}).Trace(changed.Client(test.Client), test.Request)
	}
	way := route.New(top, route.Options{Now: now}).Trace(top.Client(test.Client), test.Request)
	for _, l := range listsOf(top, way) {
		for key, value := range refusing[l.group] {
			path := append(l.path[:len(l.path):len(l.path)], key)
			if comesTo(value, path).Verdict == route.Reached {
				continue
			}
			stopped[l.group+" "+key] = true
			if got := comesTo([]any{}, path); got.Verdict == route.Reached {
				t.Errorf("%s reaches with an empty %s: %v", test.Name, strings.Join(path, "."), got.Path())
			}
		}
	}
}

// listed is an object that has lists.
type listed struct {
	group string
	path  []string
}

// listsOf returns the objects with lists that the request of way comes to.
func listsOf(top *topology.Topology, way route.Trace) (all []listed) {
	for _, h := range way.Hops {
		switch h.Kind {
		case route.ClientHop:
			all = append(all, listed{"clients", []string{"clients", h.Name}})
		case route.ProxyHop:
			all = append(all, listed{"proxies", []string{"proxies", h.Name}})
		case route.NLBHop:
			all = append(all, listed{"nlbs", []string{"nlbs", h.Name}})
		case route.EndpointHop:
			vpc, name, _ := strings.Cut(h.Name, "/")
			all = append(all, listed{"endpoints", []string{"vpcs", vpc, "endpoints", name}})
			if s := top.VPC(vpc).Endpoint(name).Service; s != nil {
				all = append(all, listed{"endpoint_services", []string{"endpoint_services", s.Name}})
			}
		default:
		}
		if n := h.Subnet; n != nil {
			all = append(all, listed{"nacl", []string{"vpcs", n.VPC.Name, "subnets", n.Name, "nacl"}})
		}
	}
	return all
}
