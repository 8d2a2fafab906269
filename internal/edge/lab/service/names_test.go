package service

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/engine/route/routetest"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// resolvers is a topology in which every rule of section 5 decides somewhere.
const resolvers = `version: 1
sites:
  dc:
    cidr: 192.168.0.0/16
    dns:
      forward: {amazonaws.com: hub/inbound, plus.example.com: hub/+2}
  open: {cidr: 192.169.0.0/16, dns: {public: true}}
  mute: {cidr: 192.170.0.0/16, dns: {proxy_names: false}}
vpcs:
  hub:
    region: ap-northeast-1
    cidr: 10.0.0.0/16
    dns:
      forward: {corp.example.com: open, sns.ap-northeast-1.amazonaws.com: dc, ap-northeast-3.amazonaws.com: open}
      zones:
        sqs.ap-northeast-1.amazonaws.com: hub/queue
        zone.example.com: {"@": hub/queue, "*": hub/ssm, own: hub/queue}
        kms.ap-northeast-1.amazonaws.com: {other: hub/ssm}
    subnets:
      a: {cidr: 10.0.0.0/24, az: a}
      b: {cidr: 10.0.1.0/24, az: b}
    endpoints:
      ssm: {interface: ssm, subnets: [a, b], dns_name: vpce-1-abc.ssm.ap-northeast-1.vpce.amazonaws.com}
      queue: {interface: sqs, subnets: [b], private_dns: false}
      logs: {interface: logs, subnets: [a], private_dns: inbound-only}
      s3: {interface: s3, subnets: [a]}
  deaf: {region: ap-northeast-1, cidr: 10.1.0.0/16, dns: {support: false}, subnets: {a: {cidr: 10.1.0.0/24}}}
  led: {region: ap-northeast-1, cidr: 10.2.0.0/16, dns: {resolver: dc}, subnets: {a: {cidr: 10.2.0.0/24}}}
  ring1: {region: ap-northeast-1, cidr: 10.3.0.0/16, dns: {forward: {round.amazonaws.com: dc}}, subnets: {a: {cidr: 10.3.0.0/24}}}
proxies:
  squid: {at: hub/a, port: 3128}
`

// directory gives everything an address that follows from what it is.
func directory(t *topology.Topology, record func(Query)) Directory {
	return Directory{
		AWS: func(service, region string) []netip.Addr {
			if service == "" || region == "" {
				return nil
			}
			return []netip.Addr{netip.MustParseAddr("198.51.100.1"), netip.MustParseAddr("2001:db8::1")}
		},
		Endpoint: func(e *topology.Endpoint) (all []Interface) {
			for _, s := range e.Subnets {
				all = append(all, Interface{Zone: ZoneOf(s), Addr: s.CIDR.Addr().Next()})
			}
			return all
		},
		Host: func(name string) []Interface {
			if name, ok := strings.CutSuffix(name, ".proxy.lab"); ok && t.Proxy(name) != nil {
				return []Interface{{Addr: netip.MustParseAddr("10.0.0.9")}}
			}
			return nil
		},
		Internet: func(name string) []netip.Addr {
			if strings.HasSuffix(name, "example.com") {
				return []netip.Addr{netip.MustParseAddr("203.0.113.1")}
			}
			return nil
		},
		Record: record,
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	topo := parsed(t, resolvers)
	n := NewNames(topo, directory(topo, nil))
	hub, inbound, dc, open := n.VPC(topo.VPC("hub")), n.Inbound(topo.VPC("hub")), n.Site(topo.Site("dc")), n.Site(topo.Site("open"))
	for _, tt := range []struct {
		why  string
		at   *Resolver
		name string
		want string // sort of answer, addresses, chain
	}{
		{"private DNS", hub, "ssm.ap-northeast-1.amazonaws.com", "endpoint 10.0.0.1"},
		{"nobody wants it", hub, "sts.ap-northeast-1.amazonaws.com", "public 198.51.100.1"},
		{"private DNS that is off", hub, "sqs.us-east-1.amazonaws.com", "public 198.51.100.1"},
		{"a zone in its place", hub, "sqs.ap-northeast-1.amazonaws.com", "endpoint 10.0.1.1"},
		{"for queries from outside only", hub, "logs.ap-northeast-1.amazonaws.com", "public 198.51.100.1"},
		{"from outside", inbound, "logs.ap-northeast-1.amazonaws.com", "endpoint 10.0.0.1"},
		{"a bucket below the name of an endpoint", hub, "b.s3.ap-northeast-1.amazonaws.com", "endpoint 10.0.0.1"},
		{"the name itself", hub, "s3.ap-northeast-1.amazonaws.com", "endpoint 10.0.0.1"},
		{"a bucket elsewhere", hub, "b.s3.us-west-2.amazonaws.com", "public 198.51.100.1"},
		{"a rule", hub, "x.corp.example.com", "public 203.0.113.1 site open"},
		{"a rule for a Region", hub, "sqs.ap-northeast-3.amazonaws.com", "public 198.51.100.1 site open"},
		{"there and back", hub, "sns.ap-northeast-1.amazonaws.com", "servfail  site dc inbound hub site dc inbound hub site dc inbound hub site dc inbound hub site dc"},
		{"a zone's own name", hub, "zone.example.com", "endpoint 10.0.1.1"},
		{"any name below", hub, "a.b.zone.example.com", "endpoint 10.0.0.1"},
		{"a label of its own", hub, "own.zone.example.com", "endpoint 10.0.1.1"},
		{"a zone without the record", hub, "kms.ap-northeast-1.amazonaws.com", "nxdomain "},
		{"nor below it", hub, "x.kms.ap-northeast-1.amazonaws.com", "nxdomain "},
		{"its record", hub, "other.kms.ap-northeast-1.amazonaws.com", "endpoint 10.0.0.1"},
		{"a name of an endpoint, everywhere", open, "vpce-1-abc.ssm.ap-northeast-1.vpce.amazonaws.com", "endpoint 10.0.0.1"},
		{"a name below it", open, "x.vpce-1-abc.ssm.ap-northeast-1.vpce.amazonaws.com", "endpoint 10.0.0.1"},
		{"of nobody's endpoint", open, "vpce-2-abc.ssm.ap-northeast-1.vpce.amazonaws.com", "nxdomain "},
		{"a site forwards", dc, "ssm.ap-northeast-1.amazonaws.com", "endpoint 10.0.0.1 inbound hub"},
		{"the +2 address", dc, "x.plus.example.com", "silence  vpc hub"},
		{"a site that knows nothing else", dc, "www.example.com", "refused "},
		{"a proxy's name, all the same", dc, "squid.proxy.lab", "host 10.0.0.9"},
		{"not even that", n.Site(topo.Site("mute")), "squid.proxy.lab", "refused "},
		{"no resolver", n.VPC(topo.VPC("deaf")), "ssm.ap-northeast-1.amazonaws.com", "silence "},
		{"a site's servers by DHCP", n.VPC(topo.VPC("led")), "ssm.ap-northeast-1.amazonaws.com", "endpoint 10.0.0.1 inbound hub"},
		{"the internet", n.Public(), "www.example.com", "public 203.0.113.1"},
		{"nobody's", n.Public(), "www.example.org", "nxdomain "},
		{"a name without a dot", n.Public(), "squid", "nxdomain "},
		{"global names", n.Public(), "sts.amazonaws.com", "public 198.51.100.1"},
		{"the image registry", n.Public(), "111111111111.dkr.ecr.ap-northeast-1.amazonaws.com", "public 198.51.100.1"},
		{"dual stack", n.Public(), "s3.dualstack.ap-northeast-1.amazonaws.com", "public 198.51.100.1 2001:db8::1"},
	} {
		q := &question{name: tt.name}
		r := tt.at.answer(q)
		got := []string{string(r.answer), ""}
		if addrs := r.chosen(""); len(addrs) > 0 {
			got = got[:1]
			for _, a := range addrs {
				got = append(got, a.String())
			}
		}
		if got := strings.Join(append(got, q.chain...), " "); got != tt.want {
			t.Errorf("%s: %s at %s = %q, want %q (%v)", tt.why, tt.name, tt.at.place, got, tt.want, r.because)
		}
	}
}

// TestZones is about which of several interfaces an asker is given.
func TestZones(t *testing.T) {
	r := response{several: []Interface{{Zone: "r/a", Addr: netip.MustParseAddr("10.0.0.1")}, {Zone: "r/b", Addr: netip.MustParseAddr("10.0.1.1")}}}
	for _, tt := range []struct {
		why, zone string
		down      []int
		want      string
	}{
		{"its own zone", "r/b", nil, "10.0.1.1"},
		{"another", "r/c", nil, "10.0.0.1"},
		{"none", "", nil, "10.0.0.1"},
		{"its own is down", "r/a", []int{0}, "10.0.1.1"},
		{"all are", "r/b", []int{0, 1}, "10.0.1.1"},
	} {
		r := response{several: slices.Clone(r.several)}
		for _, i := range tt.down {
			r.several[i].Down = true
		}
		if got := r.chosen(tt.zone); len(got) != 1 || got[0].String() != tt.want {
			t.Errorf("%s: %v, want %s", tt.why, got, tt.want)
		}
	}
}

// serve puts r on the loopback interface.
func serve(t *testing.T, r *Resolver) string {
	t.Helper()
	ln := listen(t)
	pc, err := net.ListenPacket("udp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	r.Serve(pc, ln)
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return ln.Addr().String()
}

// TestWire asks with two resolvers that we did not write: Go's and miekg's.
func TestWire(t *testing.T) {
	t.Parallel()
	var queries ledger[Query]
	topo := parsed(t, resolvers)
	d := directory(topo, queries.add)
	d.Zone = func(netip.Addr) string { return "ap-northeast-1/b" }
	n := NewNames(topo, d)
	vpc := n.VPC(topo.VPC("hub"))
	at := serve(t, vpc)
	for _, network := range []string{"udp", "tcp"} {
		c := dns.Client{Net: network, Timeout: 5 * time.Second}
		for _, tt := range []struct {
			name   string
			of     uint16
			rcode  int
			answer string
		}{
			{"SSM.ap-northeast-1.amazonaws.com.", dns.TypeA, dns.RcodeSuccess, "A 10.0.1.1"},
			{"ssm.ap-northeast-1.amazonaws.com.", dns.TypeAAAA, dns.RcodeSuccess, ""},
			{"b.s3.us-west-2.amazonaws.com.", dns.TypeA, dns.RcodeSuccess, "CNAME s3-r-w.us-west-2.amazonaws.com. A 198.51.100.1"},
			{"s3.dualstack.us-west-2.amazonaws.com.", dns.TypeAAAA, dns.RcodeSuccess, "AAAA 2001:db8::1"},
			{"kms.ap-northeast-1.amazonaws.com.", dns.TypeA, dns.RcodeNameError, ""},
			{"sns.ap-northeast-1.amazonaws.com.", dns.TypeA, dns.RcodeServerFailure, ""},
		} {
			m := new(dns.Msg)
			m.SetQuestion(tt.name, tt.of)
			m.SetEdns0(1232, false)
			got, _, err := c.Exchange(m, at)
			if err != nil {
				t.Fatalf("%s %s: %v", network, tt.name, err)
			}
			var answer []string
			for _, rr := range got.Answer {
				fields := strings.Fields(rr.String())
				if fields[1] != "1" {
					t.Errorf("%s: TTL %s", tt.name, fields[1])
				}
				answer = append(answer, fields[3:]...)
			}
			if got.Rcode != tt.rcode || strings.Join(answer, " ") != tt.answer || !got.RecursionAvailable || got.Question[0].Name != tt.name {
				t.Errorf("%s %s: %v, want %s and %q", network, tt.name, got, dns.RcodeToString[tt.rcode], tt.answer)
			}
		}
	}
	all := queries.take()
	want := Query{Place: "vpc hub", Name: "ssm.ap-northeast-1.amazonaws.com", Type: "A", Answer: EndpointName, Endpoint: topo.VPC("hub").Endpoint("ssm"), Addrs: []netip.Addr{netip.MustParseAddr("10.0.1.1")}}
	got := all[0]
	if got.Asker.Addr() != netip.MustParseAddr("127.0.0.1") || got.Because.Code == "" || time.Since(got.Time) > time.Minute {
		t.Errorf("recorded %+v", got)
	}
	got.Asker, got.Time, got.Because = want.Asker, want.Time, want.Because
	if got.Place != want.Place || got.Name != want.Name || got.Type != want.Type || got.Answer != want.Answer || got.Endpoint != want.Endpoint || !slices.Equal(got.Addrs, want.Addrs) || len(all) != 12 {
		t.Errorf("recorded %+v, want %+v; %d in all", got, want, len(all))
	}
	r := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, at)
	}}
	if addrs, err := r.LookupHost(t.Context(), "b.s3.us-west-2.amazonaws.com"); err != nil || !slices.Equal(addrs, []string{"198.51.100.1"}) {
		t.Errorf("Go: %v, %v", addrs, err)
	}
	vpc.Silence(true)
	m := new(dns.Msg)
	m.SetQuestion("ssm.ap-northeast-1.amazonaws.com.", dns.TypeA)
	var timeout net.Error
	if got, _, err := (&dns.Client{Timeout: 100 * time.Millisecond}).Exchange(m, at); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("in silence: %v, %v", got, err)
	}
}

// TestNamesAgree asks the name servers what the planner predicts of every client
// and request of the routes' tests, and of topologies that nobody thought up.
func TestNamesAgree(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../../../testdata/routes/*.yaml")
	if err != nil || len(files) < 12 {
		t.Fatalf("found %d files, %v", len(files), err)
	}
	asked := 0
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		topo, problems := topology.Parse(file, src, topology.Options{})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		for _, test := range topo.Tests {
			changed, problems := topo.Apply(test.Change)
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			for _, c := range changed.Clients {
				if got, want, ok := namesAgree(changed, c, test.Request); ok {
					asked++
					if got != want {
						t.Errorf("%s, %s: %s asks for %s: %q, predicted %q", filepath.Base(file), test.Name, c.Name, test.Request.URL.Host, got, want)
					}
				}
			}
		}
	}
	t.Logf("%d questions", asked)
	if asked < 500 {
		t.Errorf("only %d questions were asked", asked)
	}
}

func TestNamesAgreeAnywhere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(n int, label string) int { return rapid.IntRange(0, n-1).Draw(t, label) }
		topo, problems := topology.Parse("any.yaml", routetest.Any(draw).Text(), routetest.Options)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		for range 5 {
			q := routetest.Request(draw)
			for _, c := range topo.Clients {
				if got, want, ok := namesAgree(topo, c, q); ok && got != want {
					t.Fatalf("%s asks for %s: %q, predicted %q", c.Name, q.URL.Host, got, want)
				}
			}
		}
	})
}

// namesAgree returns what the servers say and what was predicted; ok is false
// where nothing can be compared.
func namesAgree(topo *topology.Topology, c *topology.Client, q topology.Request) (got, want topology.DNS, ok bool) {
	trace := route.New(topo, route.Options{}).Trace(c, q)
	want = trace.DNS
	if want.Answer == "not-resolved" || want.Answer == "link-local" || trace.Asked.Literal.IsValid() || trace.Redirect != "" {
		return got, want, false
	}
	if trace.Verdict == route.Unknown {
		return got, want, false // a name that tells too little
	}
	d := directory(topo, nil)
	d.Internet = func(string) []netip.Addr { return []netip.Addr{netip.MustParseAddr("203.0.113.1")} }
	n := NewNames(topo, d)
	at := c.At
	if name, ok := strings.CutPrefix(want.By, "proxy:"); ok {
		at = topo.Proxy(name).At
	}
	if at.Proxy != nil {
		at = at.Proxy.At
	}
	var r *Resolver
	if at.Site != nil {
		r = n.Site(at.Site)
	} else {
		r = n.VPC(at.Subnet.VPC)
	}
	n.told = map[string]topology.Request{trace.Asked.Host: q}
	a := r.answer(&question{name: trace.Asked.Host}).answer
	got = topology.DNS{By: want.By, Answer: string(a)}
	if a != PublicName && a != EndpointName {
		got.Answer = "none"
	}
	return got, want, true
}
