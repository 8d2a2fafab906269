package access

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/model/config"
)

func TestDiff(t *testing.T) {
	type m = config.Match
	lab := config.Client{Name: "lab", From: nets("10.30.0.0/16")}
	cloud := config.Client{Name: "cloud", Endpoints: []string{"vpce-0a"}}
	base := func(rules ...config.Rule) *config.Config { return file(rules...) }
	with := func(cfg *config.Config, c ...config.Client) *config.Config {
		cfg.Clients = append(cfg.Clients, c...)
		return cfg
	}
	tests := []struct {
		name          string
		before, after *config.Config
		want          []string
	}{
		{"nothing", base(allow("a", m{Hosts: []string{".example.org"}})), base(allow("a", m{Hosts: []string{".example.org"}})), nil},
		{"a new name for a rule is no change", base(allow("a", m{Hosts: []string{".example.org"}})), base(allow("b", m{Hosts: []string{".example.org"}})), nil},
		{
			"a rule more", base(), base(allow("a", m{Hosts: []string{".example.org"}})),
			[]string{"denied no-rule → allowed a: 2: 10.20.0.1 example.org:443, 10.20.0.1 x.example.org:443"},
		},
		{
			"what is let through comes first", base(allow("a", m{Hosts: []string{"a.example.org"}})), base(allow("b", m{Hosts: []string{"b.example.org"}})),
			[]string{"denied no-rule → allowed b: 1: 10.20.0.1 b.example.org:443", "allowed a → denied no-rule: 1: 10.20.0.1 a.example.org:443"},
		},
		{
			"a port more", base(allow("a", m{Hosts: []string{"a.example.org"}})), base(allow("a", m{Hosts: []string{"a.example.org"}, Ports: []config.PortRange{{First: 443, Last: 443}, {First: 8443, Last: 8443}}})),
			[]string{"denied no-rule → allowed a: 1: 10.20.0.1 a.example.org:8443"},
		},
		{
			"a client more", base(allow("a", m{Hosts: []string{"a.example.org"}})), with(base(allow("a", m{Hosts: []string{"a.example.org"}})), lab),
			[]string{"denied unknown-client → allowed a: 1: 10.30.0.1 a.example.org:443", "denied unknown-client → denied no-rule: 27: 10.30.0.1 sts.us-east-1.amazonaws.com:80, …"},
		},
		{
			"an endpoint more", base(allow("a", m{Hosts: []string{"a.example.org"}})), with(base(allow("a", m{Hosts: []string{"a.example.org"}})), cloud),
			[]string{"denied unknown-client → allowed a: 1: 10.0.0.1 vpce-0a a.example.org:443", "denied unknown-client → denied no-rule: 27: 10.0.0.1 vpce-0a sts.us-east-1.amazonaws.com:80, …"},
		},
		{
			"a deny in place of none", base(), base(deny("a", m{Networks: nets("52.95.0.0/16")})),
			[]string{"denied no-rule → denied a: 1: 10.20.0.1 52.95.0.1:443"},
		},
		{
			"a private network more", base(allow("a", m{Hosts: []string{"a.example.org"}})),
			admitting(base(allow("a", m{Hosts: []string{"a.example.org"}})), "10.9.0.0/16"),
			[]string{"denied private-address → allowed a: 1: 10.20.0.1 a.example.org:443 10.9.0.1"},
		},
		{
			"an unsafe network more", base(allow("a", m{Hosts: []string{"a.example.org"}})),
			unsafe(base(allow("a", m{Hosts: []string{"a.example.org"}})), "127.0.0.0/8"),
			[]string{"denied special-address → allowed a: 1: 10.20.0.1 a.example.org:443 127.0.0.1"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, c := range Diff(tt.before, tt.after, day).Changes {
				got = append(got, changeText(c))
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("Diff (-want +got):\n%s", d)
			}
		})
	}
}

// admitting is cfg with private networks, unsafe with unsafe ones.
func admitting(cfg *config.Config, networks ...string) *config.Config {
	cfg.Private.Networks = append(cfg.Private.Networks, nets(networks...)...)
	return cfg
}

func unsafe(cfg *config.Config, networks ...string) *config.Config {
	cfg.Unsafe = append(cfg.Unsafe, nets(networks...)...)
	return cfg
}

// changeText is c on one line, with two examples at most.
func changeText(c Change) string {
	side := func(d Decision) string {
		if d.Rule != nil {
			return d.Verdict.String() + " " + d.RuleName()
		}
		return d.Verdict.String() + " " + string(d.Code)
	}
	var to []string
	for _, q := range c.Examples {
		to = append(to, strings.Join(strings.Fields(fmt.Sprintf("%s %s %s:%d %s", q.Client, q.Endpoint, q.Host, q.Port, text(q.Addr))), " "))
	}
	if len(to) > 2 {
		to = []string{to[0], "…"}
	}
	return fmt.Sprintf("%s → %s: %d: %s", side(c.Old), side(c.New), c.Count, strings.Join(to, ", "))
}

// TestDiffSaysWhatItTried: a comparison that is cut off says so, and what only
// one file names is tried first.
func TestDiffSaysWhatItTried(t *testing.T) {
	var many []string
	for i := range 50 {
		many = append(many, fmt.Sprintf("h%d.example.org", i))
	}
	match := func(more ...string) config.Match {
		return config.Match{Hosts: append(slices.Clone(many), more...)}
	}
	before, after := file(allow("a", match())), file(allow("a", match("new.example.org")))
	known := len(perKind)
	manyBuckets := config.Match{Services: []string{"s3"}, Regions: []string{"eu-west-1", "eu-west-2"}}
	for _, h := range many {
		manyBuckets.Buckets = append(manyBuckets.Buckets, strings.TrimSuffix(h, ".example.org"))
	}
	buckets := file(allow("a", manyBuckets))
	var each []config.Rule // a bucket each, in one region
	for i := range 200 {
		each = append(each, allow(fmt.Sprint(i), config.Match{Services: []string{"s3"}, Regions: []string{"ap-northeast-1"}, Buckets: []string{fmt.Sprintf("corp-%d", i)}}))
	}
	tests := []struct {
		name          string
		before, after *config.Config
		within        bounds
		want          Tried
		changes       int
	}{
		{"all of it", before, after, bounds{1000, 1000}, Tried{2 * (known + 51), known + 51, true}, 1},
		{"as many hosts as there are", before, after, bounds{1000, known + 51}, Tried{2 * (known + 51), known + 51, true}, 1},
		{"one host more", before, after, bounds{1000, known + 50}, Tried{2 * (known + 50), known + 50, false}, 1},
		{"as many requests as there are", before, after, bounds{2 * (known + 51), 1000}, Tried{2 * (known + 51), known + 51, true}, 1},
		{"one request more", before, after, bounds{2*(known+51) - 1, 1000}, Tried{2*(known+51) - 1, known + 51, false}, 1},
		{"what both name comes last", before, after, bounds{2 * (known + 1), 1000}, Tried{2 * (known + 1), known + 1, false}, 1},
		{"a region that many rules name", file(each...), file(each...), bounds{2000, 1000}, Tried{2 * (known + 401), known + 401, true}, 0},
		{"too many buckets", buckets, buckets, bounds{1000, known + 10}, Tried{2 * (known + 10), known + 10, false}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := compare(tt.before, tt.after, day, tt.within)
			if got.Tried != tt.want || len(got.Changes) != tt.changes {
				t.Errorf("tried %+v and found %d changes, want %+v and %d", got.Tried, len(got.Changes), tt.want, tt.changes)
			}
		})
	}
}

// TestDiffIsTrue asks both files again for every example.
func TestDiffIsTrue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := anyConfig(t), anyConfig(t)
		old, next := Compile(before), Compile(after)
		for _, c := range Diff(before, after, day).Changes {
			for _, q := range c.Examples {
				was, is := old.Decide(&q.Request), next.Decide(&q.Request)
				if q.Addr.IsValid() {
					one := []netip.Addr{q.Addr}
					was, is = old.Answer(&q.Request, was, one), next.Answer(&q.Request, is, one)
				}
				if outcomeOf(was) != outcomeOf(c.Old) || outcomeOf(is) != outcomeOf(c.New) || was.Verdict == is.Verdict && was.Code == is.Code {
					t.Fatalf("%+v: %s → %s, the change says %s → %s", q, show(was), show(is), show(c.Old), show(c.New))
				}
			}
		}
	})
}
