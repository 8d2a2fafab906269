package access

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// shapes are files of 10,000 rules as they come to be, each with a request for
// the last of them: the worst place for a reader in order.
func shapes() []shape {
	const n = 10_000
	all := make([]shape, 0, 8)
	add := func(name string, q *Request, clients []config.Client, rule func(i int) config.Rule) {
		cfg := file()
		cfg.Clients = append(cfg.Clients, clients...)
		for i := range n {
			r := rule(i)
			r.Name = fmt.Sprintf("%s %d", name, i)
			cfg.Rules = append(cfg.Rules, r)
		}
		all = append(all, shape{name, cfg, q})
	}
	add("hosts", to(awsname.Name{Host: "h9999.example.com", Kind: awsname.NotAWS}), nil, func(i int) config.Rule {
		return allow("", config.Match{Hosts: []string{fmt.Sprintf("h%d.example.com", i)}})
	})
	add("suffixes", to(awsname.Name{Host: "a.b.h9999.example.com", Kind: awsname.NotAWS}), nil, func(i int) config.Rule {
		return allow("", config.Match{Hosts: []string{fmt.Sprintf(".h%d.example.com", i)}})
	})
	add("buckets", to(bucket("corp-9999")), nil, func(i int) config.Rule {
		return allow("", config.Match{Services: []string{"s3"}, Buckets: []string{fmt.Sprintf("corp-%d", i)}})
	})
	add("bucket globs", to(bucket("team9999-reports")), nil, func(i int) config.Rule {
		return allow("", config.Match{Services: []string{"s3"}, Buckets: []string{fmt.Sprintf("team%d-*", i)}})
	})
	var many []config.Client
	for i := range n {
		many = append(many, config.Client{Name: fmt.Sprintf("c%d", i), From: []netip.Prefix{
			netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 100, byte(i >> 8), byte(i)}), 32)}})
	}
	last := with(to(ssm), func(q *Request) { q.Client = netip.AddrFrom4([4]byte{10, 100, 9999 >> 8, 9999 & 255}) })
	add("clients", last, many, func(i int) config.Rule {
		r := allow("", config.Match{Services: []string{"ssm"}})
		r.Clients = []string{fmt.Sprintf("c%d", i)}
		return r
	})
	add("mixed", with(to(bucket("corp-9999")), func(q *Request) { q.Client = last.Client }), many, mixed)
	add("no match", to(awsname.Name{Host: "a.b.c.d.e.f.nowhere.test", Kind: awsname.NotAWS}), many, mixed)
	add("networks", toAddr("52.39.15.1"), nil, func(i int) config.Rule {
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{52, byte(i >> 8), byte(i), 0}), 24)
		return allow("", config.Match{Networks: []netip.Prefix{p}})
	})
	grid := aws("svc24.r-west-19.amazonaws.com", awsname.API, "svc24", "r-west-19")
	add("grid", with(to(grid), func(q *Request) { q.Client = netip.MustParseAddr("10.100.0.19") }), many[:20], func(i int) config.Rule {
		r := allow("", config.Match{Services: []string{fmt.Sprintf("svc%d", i%25)}, Regions: []string{fmt.Sprintf("r-west-%d", i/25%20)}})
		r.Clients = []string{fmt.Sprintf("c%d", i/500)}
		return r
	})
	all = append(all, jobShape(many, last))
	return all
}

// jobShape gives every job to many clients.
func jobShape(many []config.Client, last *Request) shape {
	jobs := awsdata.Jobs()
	cfg := file()
	cfg.Clients = append(cfg.Clients, many...)
	for i := range many {
		r := allow(fmt.Sprintf("jobs %d", i), config.Match{Job: jobs[i%len(jobs)].Name})
		r.Clients = []string{many[i].Name}
		cfg.Rules = append(cfg.Rules, r)
	}
	cfg.Rules[len(many)-1].Match.Job = "session-manager"
	return shape{"jobs", cfg, last}
}

type shape struct {
	name string
	cfg  *config.Config
	q    *Request
}

// mixed is a rule of one sort or another.
func mixed(i int) config.Rule {
	client := []string{fmt.Sprintf("c%d", i)}
	switch i % 8 {
	case 0:
		return deny("", config.Match{Buckets: []string{fmt.Sprintf("secret-%d", i)}, Hosts: []string{".amazonaws.com"}})
	case 1:
		return config.Rule{Clients: client, Match: config.Match{Services: []string{"ec2", "sts"}, Regions: []string{"ap-northeast-*"}}}
	case 2:
		return allow("", config.Match{Hosts: []string{fmt.Sprintf("h%d.example.com", i), fmt.Sprintf(".d%d.example.net", i)}, Ports: anyPort})
	case 3:
		return allow("", config.Match{Services: []string{"ecr"}, Accounts: []string{fmt.Sprintf("%012d", i)}})
	case 4:
		return config.Rule{Clients: client, Match: config.Match{Hosts: []string{fmt.Sprintf("*.h%d.test", i)}}}
	case 5:
		return allow("", config.Match{Networks: []netip.Prefix{netip.PrefixFrom(netip.AddrFrom4([4]byte{54, byte(i >> 8), byte(i), 0}), 24)}})
	case 6:
		return config.Rule{Clients: client, Deny: true, Match: config.Match{Kinds: []string{"customer-content"}, Ports: anyPort}}
	}
	return config.Rule{Clients: client, Match: config.Match{Services: []string{"s3"}, Buckets: []string{fmt.Sprintf("corp-%d", i)}}}
}

func BenchmarkDecide10000(b *testing.B) {
	for _, s := range shapes() {
		rules := Compile(s.cfg)
		b.Run(s.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				rules.Decide(s.q)
			}
		})
	}
}

func BenchmarkCompile10000(b *testing.B) {
	for _, s := range shapes() {
		b.Run(s.name, func(b *testing.B) {
			for b.Loop() {
				Compile(s.cfg)
			}
		})
	}
}

// TestShapes keeps the benchmarks honest: the index finds what reading in
// order finds, allocates nothing, and looks at few rules to find it.
func TestShapes(t *testing.T) {
	for _, s := range shapes() {
		t.Run(s.name, func(t *testing.T) {
			rules := Compile(s.cfg)
			if got, want := show(rules.Decide(s.q)), show(naive(s.cfg, s.q)); got != want {
				t.Errorf("Decide(%s) = %s, want %s", s.q.Host, got, want)
			}
			if n := testing.AllocsPerRun(100, func() { rules.Decide(s.q) }); n != 0 {
				t.Errorf("Decide(%s) allocates %v times", s.q.Host, n)
			}
			if asked := rules.asked(s.q); asked > 20 {
				t.Errorf("Decide(%s) asks %d rules of 10000", s.q.Host, asked)
			}
		})
	}
}

// asked counts the rules that the index holds out for q.
func (r *Rules) asked(q *Request) (n int) {
	f := factsOf(q)
	var p probe
	r.index.look(&p, q, &f, r.clients.find(q.Client, q.Endpoint))
	r.index.find(&p, int32(len(r.rules)), func(found []int32, best int32) int32 {
		n += len(found)
		return best
	})
	return n
}
