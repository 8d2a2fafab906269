package route_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/engine/route/routetest"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// optional are the keys with a default, by the group of the object they belong
// to: the default as the format would write it, nil where it has no word for
// it, and other values. The values suit the topologies of routetest, and where
// one does not, the format says so.
var optional = map[string]map[string]choice{
	"accounts": {"id": {nil, values("444444444444")}, "org": {nil, values("o-new")}},
	"sites": {
		"internet": no, "public_ip": {nil, values("198.51.100.99")}, "dns.public": no, "dns.proxy_names": yes,
		"dns.forward": {nil, values(routetest.Doc{"amazonaws.com": "a/inbound"}, routetest.Doc{".": "a/+2"})},
	},
	"vpcs": {
		"account": {"main", values("sister", "stranger")}, "igw": no, "cidr6": {nil, values("2600:1f14:ff::/56")},
		"dns.support": yes, "dns.hostnames": yes, "dns.resolver": {"amazon", values("dc", "cloud")},
		"dns.forward": {nil, values(routetest.Doc{"amazonaws.com": "dc"})},
		"dns.zones":   {nil, values(routetest.Doc{"amazonaws.com": "a/e0"}, routetest.Doc{"ssm.ap-northeast-1.amazonaws.com": "a/e0"})},
	},
	"subnets": {
		"az": {"a", values("b")}, "nat": {false, values(true, "203.0.113.77")},
		"routes":   {nil, values(routetest.Doc{"internet": "igw"}, routetest.Doc{"10.0.0.0/8": "blackhole"}, routetest.Doc{"b": "tgw0"})},
		"nacl.out": {values("allow any"), values([]any{}, values("allow any 443"))},
		"nacl.in":  {values("allow any"), values([]any{}, values("deny any 32768-60999", "allow any"))},
	},
	"gateway": {"policy": policy, "ip": {"ipv4", values("dualstack")}},
	"interface": {
		"policy": policy, "private_dns": {"all", values("inbound-only", false)}, "sg_from": group,
		"names": {nil, values([]any{})}, "service_region": {nil, values("ap-northeast-3", "us-east-1")},
		"dns_name": {nil, values("vpce-0123456789abcdef0-abcdefgh.ssm.ap-northeast-1.vpce.amazonaws.com")},
	},
	"privatelink": {
		"sg_from": group, "accepted": no,
		"dns_name": {nil, values("vpce-0123456789abcdef0-abcdefgh.ssm.ap-northeast-1.vpce.amazonaws.com")},
	},
	"tgw": {"routes": {nil, values(routetest.Doc{"internet": "blackhole"}, routetest.Doc{"a": "blackhole"})}},
	"nlbs": {
		"type": {"nlb", values("alb")}, "ip": here, "preserve_client_ip": yes, "proxy_protocol": no,
		"cross_zone": no, "sg_from": group, "enforce_sg_on_privatelink": yes, "idle_timeout": {350, values(60, 6000)},
	},
	"endpoint_services": {
		"allow": {[]any{}, values(values("main", "sister", "stranger"))}, "accept": {"manual", values("auto")},
		"regions": {[]any{}, values(values("ap-northeast-1", "ap-northeast-3", "us-east-1"))},
	},
	"proxies": {
		"ip": here, "ipv6": {nil, values("2600:1f14:1::88")}, "public_ip": {nil, values("203.0.113.88")},
		"allow_domains": {nil, values([]any{}, values("example.com"))}, "allow_sources": group, "sg_from": group, "sg_to": group,
		"imds": {"v2", values("v1", "none")}, "x_forwarded_for": yes, "deny_link_local": no, "proxy_protocol": no,
		"config": {nil, values("closed.yaml", "s3.yaml")}, "parent": {nil, values("p1", "p2", "nlb0")},
		"parent_for": {nil, values([]any{}, values("example.com"))},
	},
	"clients": {
		"ip": here, "ipv6": {nil, values("2600:1f14:1::99")}, "public_ip": {nil, values("203.0.113.99")},
		"proxy": {nil, values("p0", "nlb0", "a/e0")}, "proxy_env": {values("http", "https"), values(values("http"), values("https"))},
		"no_proxy": {[]any{}, values(values("*"), values(".amazonaws.com", "169.254.169.254"))},
		"program":  {"aws-cli-v2", values("node", "java-v2", "go", "curl")}, "sg_to": group,
		"credentials": {"static", values("imds", "ecs", "eks-ipv6")}, "keepalive": {nil, values(10, 1000)},
	},
	"buckets": {"account": {"main", values("sister", "stranger", "aws")}, "policy": {nil, policy.others}},
	"":        {"buckets.reports": {nil, values(routetest.Doc{"region": "ap-northeast-3"}, routetest.Doc{"region": "us-east-1", "account": "stranger"})}},
}

// choice is a default, and what an author could have written instead.
type choice struct {
	is     any
	others []any
}

func values(v ...any) []any { return v }

var (
	no     = choice{false, values(true)}
	yes    = choice{true, values(false)}
	group  = choice{values("0.0.0.0/0", "::/0"), values([]any{}, values("192.0.2.0/24"), values("10.1.0.0/25"))}
	policy = choice{"full", policies[1:]}
	here   = choice{nil, values("the low", "the high")} // addresses of the place where the object stands
)

// suited returns c for an object at at: addresses lie where it stands. It has
// no values for what stands on a proxy's host or at several places.
func (s *scene) suited(c choice, at any) choice {
	if len(c.others) == 0 || c.others[0] != here.others[0] {
		return c
	}
	if l, ok := at.([]any); ok && len(l) == 1 {
		at = l[0]
	}
	var network netip.Prefix
	if name, ok := at.(string); ok {
		vpc, subnet, in := strings.Cut(name, "/")
		if site := s.top.Site(name); site != nil {
			network = site.CIDR
		} else if in {
			network = s.top.VPC(vpc).Subnet(subnet).CIDR
		}
	}
	if !network.IsValid() {
		return choice{}
	}
	low := network.Addr().As4()
	high := low
	low[3], high[3] = 5, 250
	return choice{nil, values(netip.AddrFrom4(low).String(), netip.AddrFrom4(high).String())}
}

// unwritten is an optional key that a topology does not have.
type unwritten struct {
	group, key string
	path       []string
	choice
}

func (u unwritten) String() string { return strings.Join(u.path, ".") }

// absent returns the optional keys that the scene's topology does not have, sorted by path.
func (s *scene) absent() (all []unwritten) {
	add := func(group string, path []string, object routetest.Doc) {
		for key, c := range optional[group] {
			inner := strings.Split(key, ".")
			if group == "clients" && slices.Contains(ofHost, key) && s.top.Client(path[1]).At.Proxy != nil {
				continue
			}
			if object.At(inner...) == nil && object.At(inner[0]) != "unknown" {
				all = append(all, unwritten{group, key, append(slices.Clone(path), inner...), s.suited(c, object["at"])})
			}
		}
	}
	add("", nil, s.doc)
	objects(s.doc, func(group string, path []string, object routetest.Doc) {
		switch {
		case group != "endpoints" && group != "links":
			add(group, path, object)
		default:
			for _, kind := range []string{"gateway", "interface", "privatelink", "tgw"} {
				if object[kind] != nil {
					add(kind, path, object)
				}
			}
		}
	})
	slices.SortFunc(all, func(a, b unwritten) int { return slices.Compare(a.path, b.path) })
	return all
}

// ofHost are the keys that a client on a proxy's host does not need: it has the
// proxy's addresses, and its security group.
var ofHost = []string{"ip", "ipv6", "public_ip", "sg_to"}

// assumes reports whether t says that it took the default of u.
func assumes(t route.Trace, u unwritten) bool {
	return slices.ContainsFunc(t.Assumed, func(a route.Assumption) bool { return a.Path == u.String() })
}

// What is not written and could change the verdict is assumed: another value of
// a key that is not listed there does not.
func TestOnlyAssumptionsMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScene(t)
		before := s.trace(s.top)
		for _, u := range few(t, s.absent()) {
			if assumes(before, u) || len(u.others) == 0 {
				continue
			}
			value := rapid.SampledFrom(u.others).Draw(t, u.key)
			top := s.applied(value, u.path)
			if top == nil {
				continue // the format refuses it here
			}
			if after := s.trace(top); after.Verdict != before.Verdict {
				t.Fatalf("%s is not assumed, and as %v it changes %s %v to %s %v\nassumed: %v\n%s",
					u, value, before.Verdict, before.Path(), after.Verdict, after.Path(), before.Assumed, s.story())
			}
		}
	})
}

// A default that is written is the default that is not: the same answer,
// whether one of them is written or several are.
func TestWrittenDefaultsAreDefaults(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScene(t)
		before := s.trace(s.top)
		many := s.doc
		for _, u := range s.mattering(t, before) {
			top := s.applied(u.is, u.path)
			if top == nil {
				continue
			}
			s.same(before, s.trace(top), u)
			more := many.Set(u.is, u.path...)
			if top, problems := topology.Parse("t.yaml", more.Text(), routetest.Options); len(problems) == 0 {
				many = more
				s.same(before, s.trace(top), u)
			}
		}
	})
}

// mattering returns keys whose default the format can write: those that the
// answer before took it of, and a few of the others.
func (s *scene) mattering(t *rapid.T, before route.Trace) (all []unwritten) {
	var others []unwritten
	for _, u := range s.absent() {
		switch {
		case u.is == nil:
		case assumes(before, u):
			all = append(all, u)
		default:
			others = append(others, u)
		}
	}
	return append(all, few(t, others)...)
}

// same fails unless after, where u is written as its default, answers as before.
func (s *scene) same(before, after route.Trace, u unwritten) {
	s.Helper()
	if after.Verdict != before.Verdict || !slices.Equal(after.Path(), before.Path()) {
		s.Fatalf("%s written as %v, its default, changes %s %v to %s %v\n%s",
			u, u.is, before.Verdict, before.Path(), after.Verdict, after.Path(), s.story())
	}
	if assumes(after, u) {
		s.Fatalf("%s is written as %v and still assumed\n%s", u, u.is, s.story())
	}
}
