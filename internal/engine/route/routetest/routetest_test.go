package routetest_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/engine/route/routetest"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// parse returns the topology of text, which has no problem.
func parse(t interface{ Fatalf(string, ...any) }, text []byte) *topology.Topology {
	top, problems := topology.Parse("t.yaml", text, routetest.Options)
	if len(problems) > 0 {
		var b strings.Builder
		_ = diag.Printer{}.All(&b, problems, map[string][]byte{"t.yaml": text})
		t.Fatalf("a topology with problems:\n%s\n%s", text, b.String())
	}
	return top
}

func TestAnyIsValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(n int, label string) int { return rapid.IntRange(0, n-1).Draw(t, label) }
		doc := routetest.Any(draw)
		parse(t, doc.Text())
		parse(t, doc.Ordered(func(keys []string) { rand.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] }) }))
		routetest.Request(draw)
	})
}

// What the generator never made, no property of it would be about.
func TestAnyMakesEverything(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	draw := func(n int, _ string) int { return random.IntN(n) }
	var all strings.Builder
	for range 400 {
		all.Write(routetest.Any(draw).Text())
	}
	text := all.String()
	for _, want := range []string{
		"gateway: s3", "gateway: dynamodb", "interface: ecr.api", "privatelink: offer0", "private_dns: inbound-only", "private_dns: false",
		"names: [", "dns_name: vpce-a-e0", "service_region: us-east-1", "ip: dualstack", "policy: full", "policy: unknown", "accepted: true",
		"peering: [", "tgw: [", "vif: public", "vpc: a\n    vpn: dc", "dx: dc\n    vpc: a", "routes: {internet: blackhole", "eni:",
		"internet6: eigw", "aws:s3", "nat:pub", "nacl: unknown", "nacl: {in: [", "allow any 443", "sg_from: unknown", "sg_to: [", "pl:s3",
		"at: p0", "proxy: nlb0", "proxy: a/e0", "parent: p1", "parent_for: [", "config: s3.yaml", "type: alb", "allow: [sister", "accept: auto",
		"no_proxy: unknown", "program: java-v2", "credentials: imds", "keepalive: 60", "account: stranger", "NotPrincipal", "aws:SourceVpce: ",
		"resolver: dc", "zones: {", "forward: {", "a/+2", "a/inbound", "cidr6", "idle_timeout", "proxy_env: [http]", "imds: v1",
	} {
		if !strings.Contains(strings.NewReplacer(`"`, "").Replace(text), want) {
			t.Errorf("400 topologies never hold %s", want)
		}
	}
}

func TestSetCopies(t *testing.T) {
	doc := routetest.Doc{"version": 1, "vpcs": routetest.Doc{"a": routetest.Doc{"igw": true}}}
	changed := doc.Set("10.0.0.0/16", "vpcs", "a", "cidr").Set(nil, "vpcs", "a", "igw").Set(true, "sites", "dc", "internet")
	if got, want := string(doc.Text()), "version: 1\nvpcs:\n  a:\n    igw: true\n"; got != want {
		t.Errorf("Set changed what it was called on: %q, want %q", got, want)
	}
	want := "sites:\n  dc:\n    internet: true\nversion: 1\nvpcs:\n  a:\n    cidr: \"10.0.0.0/16\"\n"
	if got := string(changed.Text()); got != want {
		t.Errorf("Set: %q, want %q", got, want)
	}
	if got := changed.At("vpcs", "a", "cidr"); got != "10.0.0.0/16" {
		t.Errorf("At: %v", got)
	}
	if got := changed.At("vpcs", "b", "cidr"); got != nil {
		t.Errorf("At of what is not there: %v", got)
	}
}
