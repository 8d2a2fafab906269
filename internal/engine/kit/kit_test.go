package kit_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/engine/kit/kittest"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// TestConfiguration: what the proxies run on is sound as it is written, and
// knows sites by their networks, consumers by their endpoints.
func TestConfiguration(t *testing.T) {
	for name, src := range kittest.Matrix() {
		p := kittest.Plan(t, src)
		cfg, problems := config.Parse("deguchi.yaml", []byte(p.Source), kittest.Now)
		if cfg == nil || len(problems) > 0 {
			t.Errorf("%s: Parse = %v\n%s", name, kittest.Lines(problems), p.Source)
			continue
		}
		if l := cfg.Listen[0]; l.Proxy != config.ProxyRequired || len(l.Trust) != len(p.Kit.Zones) {
			t.Errorf("%s listens with %v, trusting %v; want PROXY headers from every zone", name, l.Proxy, l.Trust)
		}
		for _, s := range p.Kit.Sites {
			if c := clientOf(cfg, s.Name.V); c == nil || c.From[0] != s.CIDR.V {
				t.Errorf("%s: client %s = %+v, want %v", name, s.Name.V, c, s.CIDR.V)
			}
		}
		for _, o := range p.Kit.Consumers {
			if c := clientOf(cfg, o.Name.V); c == nil || len(c.From) > 0 || c.Endpoints[0] != o.Endpoint.V {
				t.Errorf("%s: client %s = %+v, want its endpoint alone", name, o.Name.V, c)
			}
		}
	}
}

func clientOf(cfg *config.Config, name string) *config.Client {
	for i, c := range cfg.Clients {
		if c.Name == name {
			return &cfg.Clients[i]
		}
	}
	return nil
}

// TestProblems: what is wrong with rules stands where the kit has them.
func TestProblems(t *testing.T) {
	own := strings.Replace(kittest.There, "jobs: [session-manager]", `configuration: "listen: [%s], admin: \":3129\", clients: {dc: {from: [192.168.0.0/16]}}"`, 1)
	listen := func(l string) string { return strings.Replace(own, "%s", l, 1) }
	cases := map[string]struct {
		src  string
		want []string
	}{
		"a rule with an unknown service": {strings.Replace(kittest.Closed, "services: [kms, sts]", "services: [kmz, sts]", 1),
			[]string{"kit.yaml:17:24 error DG1210 unknown service \"kmz\" in services"}},
		"a job that is none": {strings.Replace(kittest.There, "[session-manager]", "[session-managr]", 1),
			[]string{"kit.yaml:14:8 error DG1211 unknown job \"session-managr\""}},
		"a client that is nobody": {strings.Replace(kittest.NAT, "clients: [apps]", "clients: [shops]", 1),
			[]string{"kit.yaml:20:15 error DG1301 unknown client \"shops\""}},
		"a site in another, behind it": {strings.Replace(kittest.Closed, "jobs:", "  lab: {cidr: 192.168.7.0/24}\njobs:", 1),
			[]string{"kit.yaml:12:3 warning DG1308 client \"lab\" is never reached: \"dc\" takes all of it"}},
		"a rule with the name of a job's": {strings.Replace(kittest.Closed, "name: keys", "name: job session-manager", 1),
			[]string{"kit.yaml:12:8 error DG1107 a second rule is called \"job session-manager\""}},
		"a configuration that fits": {listen(`{address: \":3128\", proxy_protocol: required, trust: [10.40.0.0/23]}`), nil},
		"a configuration on another port": {listen(`{address: \":8080\", proxy_protocol: required, trust: [10.40.0.0/23]}`),
			[]string{"kit.yaml:14:16 error DG6111 the configuration does not fit the kit: no listener on every address, port 3128"}},
		"a configuration that trusts one zone": {listen(`{address: \":3128\", proxy_protocol: required, trust: [10.40.0.0/24]}`),
			[]string{"kit.yaml:14:16 error DG6111 the configuration does not fit the kit: the listener does not trust the load balancer's subnet 10.40.1.0/24"}},
	}
	for why, c := range cases {
		t.Run(why, func(t *testing.T) {
			p, problems := kittest.Read(c.src)
			if got := kittest.Lines(problems); !cmp.Equal(c.want, got) {
				t.Errorf("problems (-want +got):\n%s\n%s", cmp.Diff(c.want, got), c.src)
			}
			if errors := slices.ContainsFunc(problems, func(p diag.Problem) bool { return p.Severity == diag.Error }); (p == nil) != errors {
				t.Errorf("Plan = %v with %d problems", p, len(problems))
			}
		})
	}
}
