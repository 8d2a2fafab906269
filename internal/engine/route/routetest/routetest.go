// Package routetest makes topologies for tests: valid files with networks,
// links, endpoints, proxies, clients and policies of every sort, and requests to
// trace in them. Everything it makes parses without a problem; it is written as
// text, so that the format is tested too.
//
//	doc := routetest.Any(func(n int, label string) int { return rapid.IntRange(0, n-1).Draw(t, label) })
//	top, problems := topology.Parse("t.yaml", doc.Text(), routetest.Options)
//
// It knows nothing of routes: which answer is right is the test's business.
package routetest

import (
	"fmt"
	"time"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Draw returns a number from 0 to n-1. Label says what for. Zero is the
// simplest choice, so that a failing topology shrinks to a small one.
type Draw func(n int, label string) int

// Options are what the topologies of this package are parsed with.
var Options = topology.Options{Read: read, Now: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)}

// configs are what proxies may name as their config.
var configs = map[string]string{
	"open.yaml": `version: 1
clients: {all: {from: [0.0.0.0/0]}}
rules: [{name: all, allow: {kinds: ["*"], ports: ["*"], schemes: [http, https]}}]
`,
	"s3.yaml": `version: 1
clients: {ten: {from: [10.0.0.0/8]}}
rules: [{name: s3, clients: [ten], allow: {services: [s3], owner: anyone}}]
`,
	"closed.yaml": "version: 1\nclients: {all: {from: [0.0.0.0/0]}}\nrules: [{name: none, deny: {kinds: [\"*\"]}}]\n",
}

func read(name string) ([]byte, error) {
	if text, ok := configs[name]; ok {
		return []byte(text), nil
	}
	return nil, fmt.Errorf("%s: no such file", name)
}

// chance is true in one of n cases.
func (g *gen) chance(n int, label string) bool { return g.draw(n, label) == n-1 }

// mostly is true in all but one of n cases.
func (g *gen) mostly(n int, label string) bool { return g.draw(n, label) != n-1 }

func pick[V any](g *gen, label string, values ...V) V { return values[g.draw(len(values), label)] }

// some returns each of values in one of n cases.
func some[V any](g *gen, n int, label string, values ...V) []V {
	var chosen []V
	for _, v := range values {
		if g.chance(n, label) {
			chosen = append(chosen, v)
		}
	}
	return chosen
}

// Any makes a topology.
func Any(draw Draw) Doc {
	g := &gen{draw: draw}
	g.skeleton()
	doc := Doc{"version": 1}
	put(doc, "accounts", g.accounts())
	put(doc, "sites", g.siteGroup())
	put(doc, "proxies", g.proxyGroup())
	put(doc, "nlbs", g.nlbGroup())
	put(doc, "endpoint_services", g.serviceGroup())
	put(doc, "vpcs", g.vpcGroup())
	put(doc, "links", g.linkGroup())
	put(doc, "clients", g.clientGroup())
	put(doc, "buckets", g.bucketGroup())
	return doc
}

// put sets key unless value is empty.
func put(doc Doc, key string, value Doc) {
	if len(value) > 0 {
		doc[key] = value
	}
}
