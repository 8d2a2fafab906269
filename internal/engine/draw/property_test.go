package draw

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/engine/route/routetest"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// TestAnyTopology draws any topology, and any ways through it.
func TestAnyTopology(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(n int, label string) int { return rapid.IntRange(0, n-1).Draw(t, label) }
		top, problems := topology.Parse("t.yaml", routetest.Any(draw).Text(), routetest.Options)
		if len(problems) > 0 {
			t.Fatalf("%v", problems)
		}
		o := Options{Lang: reason.Lang(draw(2, "lang")), Title: rapid.String().Draw(t, "title")}
		sound(t, top, nil, o)
		planner := route.New(top, route.Options{Now: routetest.Options.Now, Strict: draw(2, "strict") == 1})
		var traces []route.Trace
		for range 1 + draw(4, "ways") {
			client := top.Clients[draw(len(top.Clients), "client")]
			traces = append(traces, planner.Trace(client, routetest.Request(draw)))
			sound(t, top, traces[len(traces)-1:], o)
		}
		sound(t, top, traces, o)
	})
}

// TestOrder draws a topology whose maps stand in another order in the file.
func TestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(n int, label string) int { return rapid.IntRange(0, n-1).Draw(t, label) }
		doc, asks := routetest.Any(draw), routetest.Request(draw)
		shuffle := rand.New(rand.NewPCG(uint64(draw(1000, "order")), 0))
		texts := [][]byte{doc.Text(), doc.Ordered(func(keys []string) {
			shuffle.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		})}
		var drawn [2][]byte
		for i, text := range texts {
			top, problems := topology.Parse("t.yaml", text, routetest.Options)
			if len(problems) > 0 {
				t.Fatalf("%v", problems)
			}
			planner := route.New(top, route.Options{Now: routetest.Options.Now})
			var traces []route.Trace
			for _, c := range top.Clients {
				traces = append(traces, silent(planner.Trace(c, asks)))
			}
			drawn[i] = slices.Concat(SVG(top, nil, Options{}), SVG(top, traces, Options{}))
		}
		if !bytes.Equal(drawn[0], drawn[1]) {
			t.Fatalf("the picture depends on the order of the file's maps:\n%s", cmp.Diff(string(drawn[0]), string(drawn[1])))
		}
	})
}

// silent returns trace without its reasons: they name lines of the file.
func silent(trace route.Trace) route.Trace {
	trace.Because = reason.Because{}
	for i := range trace.Hops {
		trace.Hops[i].Because = reason.Because{}
	}
	return trace
}

// large is a topology of 50 VPCs with 4 clients each, every VPC on a transit
// gateway and in a peering.
func large() string {
	var b strings.Builder
	b.WriteString("version: 1\nvpcs:\n")
	for i := range 50 {
		fmt.Fprintf(&b, "  vpc-%02d:\n    region: ap-northeast-%d\n    cidr: 10.%d.0.0/16\n    igw: true\n    subnets:\n", i, 1+2*(i%2), i)
		for j := range 4 {
			fmt.Fprintf(&b, "      net-%d: {cidr: 10.%d.%d.0/24, routes: {internet: igw, 10.0.0.0/8: core}}\n", j, i, j)
		}
		b.WriteString("    endpoints: {s3: {gateway: s3, subnets: [net-0, net-1]}, ssm: {interface: ssm, subnets: [net-2]}}\n")
	}
	b.WriteString("links:\n")
	var all []string
	for i := range 50 {
		all = append(all, fmt.Sprintf("vpc-%02d", i))
		fmt.Fprintf(&b, "  link-%02d: {peering: [vpc-%02d, vpc-%02d]}\n", i, i, (i+1)%50)
	}
	fmt.Fprintf(&b, "  core: {tgw: [%s]}\n", strings.Join(all, ", "))
	b.WriteString("proxies:\n  proxy: {at: vpc-00/net-0, port: 3128, public_ip: 203.0.113.1}\nclients:\n")
	for i := range 200 {
		fmt.Fprintf(&b, "  client-%03d: {at: vpc-%02d/net-%d, proxy: proxy}\n", i, i%50, i/50)
	}
	return b.String()
}

// TestLarge holds size and time of large pictures within bounds: nobody reads
// them at a glance, but they must not stop a report.
func TestLarge(t *testing.T) {
	top := parse(t, "large.yaml", large())
	planner := route.New(top, route.Options{Now: routetest.Options.Now})
	asks := read(t, "seed001").Tests[0].Request
	var traces []route.Trace
	for _, c := range top.Clients {
		traces = append(traces, planner.Trace(c, asks))
	}
	began := time.Now()
	ways, all := SVG(top, traces, Options{}), SVG(top, nil, Options{})
	took := time.Since(began)
	t.Logf("200 ways %d bytes, 50 VPCs %d bytes, %v", len(ways), len(all), took)
	if len(ways) > 200*8<<10 || len(all) > 50*8<<10 {
		t.Errorf("%d and %d bytes, more than 8 KiB for each way and VPC", len(ways), len(all))
	}
	if took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	wellFormed(t, ways)
	readable(t, mapped(top, "", speaker(reason.English)))
}

// TestCrowd counts the clients of a subnet that has too many to draw.
func TestCrowd(t *testing.T) {
	var b strings.Builder
	b.WriteString("version: 1\nsites:\n  office: {cidr: 192.168.0.0/16}\nclients:\n")
	for i := range 200 {
		fmt.Fprintf(&b, "  pc-%03d: {at: office}\n", i)
	}
	svg := string(SVG(parse(t, "crowd.yaml", b.String()), nil, Options{}))
	if !strings.Contains(svg, ">195 more<") || strings.Contains(svg, ">pc-005<") || !strings.Contains(svg, ">pc-004<") {
		t.Errorf("want pc-000 … pc-004 and \"195 more\":\n%s", svg)
	}
}
