package blueprint

import (
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

func parsed(t *testing.T, file string) *topology.Topology {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return sound(t, file, string(src))
}

func sound(t *testing.T, name, src string) *topology.Topology {
	t.Helper()
	top, problems := topology.Parse(name, []byte(src), topology.Options{Read: func(f string) ([]byte, error) {
		return os.ReadFile(filepath.Join(filepath.Dir(name), f))
	}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return top
}

const storyB = "../../../examples/story-b-ten-routes.yaml"

// leads returns which node the table of n called table leads dst to, by the
// longest route; "" is where it ends.
func leads(t *testing.T, n *Node, table, dst string) string {
	t.Helper()
	i := slices.IndexFunc(n.Tables, func(x Table) bool { return x.Name == table })
	if i < 0 {
		t.Fatalf("%s has no table %s", n.Name, table)
	}
	addr, best := netip.MustParseAddr(dst), Route{To: netip.Prefix{}}
	for _, r := range n.Tables[i].Routes {
		if r.To.Contains(addr) && (!best.To.IsValid() || r.To.Bits() > best.To.Bits()) {
			best = r
		}
	}
	if best.Port == nil {
		return ""
	}
	return best.Port.Peer.Node.Name
}

// TestTables are the route tables of story B: what each subnet does with the
// addresses of S3 in both Regions, and with each other.
func TestTables(t *testing.T) {
	p := New(parsed(t, storyB), Options{})
	osaka, _ := p.Public("osaka-bucket.s3.ap-northeast-3.amazonaws.com", false)
	tokyo, _ := p.Public("tokyo-bucket.s3.ap-northeast-1.amazonaws.com", false)
	proxy := p.Node("proxy:shared-proxy").Addr(false).String()
	for _, c := range []struct{ node, table, to, want string }{
		{"vpc:osaka", "osaka/public", osaka.String(), "vpce:osaka/s3-proxy-side"},
		{"vpc:osaka", "osaka/public", tokyo.String(), "igw:osaka"},
		{"vpc:osaka", "osaka/private", osaka.String(), "vpce:osaka/s3-client-side"},
		{"vpc:osaka", "osaka/private", tokyo.String(), ""},
		{"vpc:osaka", "osaka/private", proxy, "proxy:shared-proxy"},
		{"vpc:osaka", "osaka/private", "10.1.1.9", ""},
		{"vpc:osaka", "osaka/public", "10.1.1.9", "pcx:osaka-tokyo"},
		{"vpc:tokyo", "tokyo/private", proxy, "pcx:osaka-tokyo"},
		{"vpc:tokyo", "tokyo/private", tokyo.String(), "vpce:tokyo/s3"},
		{"vpc:tokyo", "edge", proxy, ""},
		{"pcx:osaka-tokyo", "main", proxy, "vpc:osaka"},
		{"internet", "main", tokyo.String(), "aws:ap-northeast-1"},
		{"internet", "main", "203.0.113.10", "igw:osaka"},
	} {
		if got := leads(t, p.Node(c.node), c.table, c.to); got != c.want {
			t.Errorf("%s, table %s, leads %s to %q, want %q", c.node, c.table, c.to, got, c.want)
		}
	}
}

// TestSame plans the same for the same file, whatever its maps' order is.
func TestSame(t *testing.T) {
	names := func() (all []string) {
		for _, n := range New(parsed(t, storyB), Options{}).Nodes {
			all = append(all, n.Name)
			for _, p := range n.Ports {
				all = append(all, n.Name+" "+p.Name+" "+p.Peer.Node.Name)
			}
			for _, a := range n.Addrs {
				all = append(all, a.String())
			}
		}
		return all
	}
	if d := cmp.Diff(names(), names()); d != "" {
		t.Error(d)
	}
}

// TestPlans holds for every topology that the lab builds: ports are cables with
// two ends and names that Linux takes, every route leads out of a port of its own
// node, and no two machines of a network share an address.
func TestPlans(t *testing.T) {
	files, err := filepath.Glob("../../../testdata/routes/*.yaml")
	if err != nil || len(files) < 12 {
		t.Fatalf("found %d files, %v", len(files), err)
	}
	for _, file := range files {
		top := parsed(t, file)
		var requests []topology.Request
		for _, test := range top.Tests {
			requests = append(requests, test.Request)
		}
		p := New(top, Options{Requests: requests})
		taken := map[string]string{}
		for _, n := range p.Nodes {
			names := map[string]bool{"lo": true}
			for _, port := range n.Ports {
				if port.Peer.Peer != port || port.Node != n || len(port.Name) > maxPortName || names[port.Name] {
					t.Errorf("%s: %s: port %q is no end of a cable", file, n.Name, port.Name)
				}
				names[port.Name] = true
			}
			for _, table := range n.Tables {
				for _, r := range table.Routes {
					if r.Port != nil && r.Port.Node != n {
						t.Errorf("%s: %s: %s leads out of a port of %s", file, n.Name, r.To, r.Port.Node.Name)
					}
				}
			}
			if len(n.Ports) > 0 {
				for _, a := range n.Addrs {
					key := n.Ports[0].Peer.Node.Name + " " + a.String()
					if other := taken[key]; other != "" {
						t.Errorf("%s: %s and %s are both %s", file, n.Name, other, key)
					}
					taken[key] = n.Name
				}
			}
		}
	}
}

// TestDrop reads names of counters back.
func TestDrop(t *testing.T) {
	for _, d := range []Drop{
		{Cause: Unrouted}, {Cause: ACL, For: "app/private out"}, {Cause: NoTarget, At: "nlb:front"}, {Cause: GroupIn, For: "x", At: "alb:b"},
	} {
		if got, answer, ok := ParseDrop(d.String()); !ok || answer || got != d {
			t.Errorf("ParseDrop(%q) = %v, %v, %v", d.String(), got, answer, ok)
		}
		if got, answer, ok := ParseDrop(d.Answers()); !ok || !answer || got != d {
			t.Errorf("ParseDrop(%q) = %v, %v, %v", d.Answers(), got, answer, ok)
		}
	}
	if _, _, ok := ParseDrop("passed"); ok {
		t.Error(`ParseDrop("passed") is a drop`)
	}
}

// TestRead reads evidence that no network gave: without a call at AWS nothing is
// reached, whatever else was seen, and without any evidence there is no verdict.
func TestRead(t *testing.T) {
	top := parsed(t, storyB)
	p := New(top, Options{})
	u, err := url.Parse("https://osaka-bucket.s3.ap-northeast-3.amazonaws.com/report.csv")
	if err != nil {
		t.Fatal(err)
	}
	to, _ := p.Public(u.Host, false)
	client := top.Client("ec2-osaka-excluded")
	from := netip.AddrPortFrom(p.Machine(client).Addr(false), 40000)
	seen := func(node string, out bool, at int) Sighting {
		n := p.Node(node)
		return Sighting{Time: time.Unix(0, int64(at)), Node: node, Port: n.Ports[0].Name, Out: out, From: from, To: netip.AddrPortFrom(to, 443)}
	}
	way := []Sighting{seen("client:ec2-osaka-excluded", true, 1), seen("vpc:osaka", false, 2), seen("vpce:osaka/s3-client-side", false, 3)}
	asked := []Question{{Node: "client:ec2-osaka-excluded", Host: u.Host, Addrs: []netip.Addr{to}}}
	endpoint := top.VPC("osaka").Endpoint("s3-client-side")
	for _, c := range []struct {
		name     string
		e        Evidence
		verdict  route.Verdict
		endpoint string
		path     []string
	}{
		{"nothing was seen", Evidence{}, "", "none", []string{"client:ec2-osaka-excluded"}},
		{"packets arrived, and AWS tells nothing", Evidence{Seen: way, Asked: asked}, "", "osaka/s3-client-side",
			[]string{"client:ec2-osaka-excluded", "vpce:osaka/s3-client-side", "aws:s3.ap-northeast-3"}},
		{"AWS answered", Evidence{Seen: way, Asked: asked, Calls: []Call{{Host: u.Host, Endpoint: endpoint, Verdict: route.Reached}}}, route.Reached,
			"osaka/s3-client-side", []string{"client:ec2-osaka-excluded", "vpce:osaka/s3-client-side", "aws:s3.ap-northeast-3"}},
		{"the router dropped it", Evidence{Seen: way[:2], Asked: asked, Dropped: []Dropped{{Node: "vpc:osaka", Drop: Drop{Cause: Unrouted}, Packets: 2}}},
			route.NoRoute, "none", []string{"client:ec2-osaka-excluded"}},
		{"nobody has the name", Evidence{Asked: []Question{{Node: "client:ec2-osaka-excluded", Host: u.Host}}}, route.DNSFails, "none",
			[]string{"client:ec2-osaka-excluded"}},
		{"the credentials are a proxy's", Evidence{Role: "proxy:shared-proxy"}, route.IMDSMisrouted, "none", []string{"client:ec2-osaka-excluded"}},
	} {
		c.e.Client, c.e.Request = client, topology.Request{URL: u}
		got := p.Read(&c.e)
		if got.Verdict != c.verdict || got.Endpoint != c.endpoint || !slices.Equal(got.Path, c.path) {
			t.Errorf("%s: Read() = %s, %s, %v, want %s, %s, %v", c.name, got.Verdict, got.Endpoint, got.Path, c.verdict, c.endpoint, c.path)
		}
	}
}
