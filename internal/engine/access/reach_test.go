package access

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/model/config"
)

func TestCheck(t *testing.T) {
	type m = config.Match
	lab := func(r config.Rule) config.Rule { r.Clients = []string{"lab"}; return r }
	until := func(r config.Rule, at time.Time) config.Rule { r.Until = at; return r }
	tests := []struct {
		name  string
		first config.Rule
		then  config.Rule
		code  string // of the problem with then, "" for none
	}{
		{"a deny of everything", deny("", m{Ports: anyPort}), allow("", m{Services: []string{"s3"}}), "DG1401"},
		{"but on other ports", deny("", m{}), allow("", m{Services: []string{"s3"}, Ports: anyPort}), ""},
		{"the same again", allow("", m{Services: []string{"s3"}}), allow("", m{Services: []string{"s3"}}), "DG1402"},
		{"one of several", allow("", m{Services: []string{"s3", "ssm"}}), allow("", m{Services: []string{"ssm"}}), "DG1402"},
		{"one more than before", allow("", m{Services: []string{"ssm"}}), allow("", m{Services: []string{"s3", "ssm"}}), ""},
		{"a glob over a value", deny("", m{Regions: []string{"ap-*"}}), allow("", m{Regions: []string{"ap-northeast-1"}}), "DG1401"},
		{"a glob over a glob", deny("", m{Buckets: []string{"corp-*"}}), allow("", m{Buckets: []string{"corp-a*z"}}), "DG1401"},
		{"a glob beside a glob", deny("", m{Buckets: []string{"corp-a*"}}), allow("", m{Buckets: []string{"corp-*"}}), ""},
		{"narrower by another matcher", deny("", m{Services: []string{"s3"}}), allow("", m{Services: []string{"s3"}, Buckets: []string{"a"}}), "DG1401"},
		{"wider by a matcher left out", allow("", m{Services: []string{"s3"}, Buckets: []string{"a"}}), allow("", m{Services: []string{"s3"}}), ""},
		{"a deny holds for more than an allow", allow("", m{Services: []string{"s3"}, Buckets: []string{"a"}}), deny("", m{Services: []string{"s3"}, Buckets: []string{"a"}}), ""},
		{"a region tells its partition", deny("", m{Partitions: []string{"aws-cn"}}), allow("", m{Regions: []string{"cn-north-1"}}), "DG1401"},
		{"not in a deny: global names", allow("", m{Partitions: []string{"aws-cn"}}), deny("", m{Regions: []string{"cn-north-1"}}), ""},
		{"kinds", deny("", m{Kinds: []string{"api", "resource"}}), allow("", m{Kinds: []string{"api"}}), "DG1401"},

		{"a suffix over a name", deny("", m{Hosts: []string{".example.com"}}), allow("", m{Hosts: []string{"a.example.com"}}), "DG1401"},
		{"a suffix over itself", deny("", m{Hosts: []string{".example.com"}}), allow("", m{Hosts: []string{"example.com"}}), "DG1401"},
		{"a suffix over a suffix", deny("", m{Hosts: []string{".example.com"}}), allow("", m{Hosts: []string{".b.example.com"}}), "DG1401"},
		{"a suffix over a glob", deny("", m{Hosts: []string{".example.com"}}), allow("", m{Hosts: []string{"*.b.example.com"}}), "DG1401"},
		{"no suffix over a name that only ends so", deny("", m{Hosts: []string{".example.com"}}), allow("", m{Hosts: []string{"notexample.com"}}), ""},
		{"no glob over a suffix", deny("", m{Hosts: []string{"*.example.com"}}), allow("", m{Hosts: []string{".example.com"}}), ""},
		{"no name over a suffix", deny("", m{Hosts: []string{"example.com"}}), allow("", m{Hosts: []string{".example.com"}}), ""},
		{"a network over a network", deny("", m{Networks: nets("52.95.0.0/16")}), allow("", m{Networks: nets("52.95.1.0/24")}), "DG1401"},
		{"not the other way round", deny("", m{Networks: nets("52.95.0.0/24")}), allow("", m{Networks: nets("52.95.0.0/16")}), ""},
		{"names are not in networks", deny("", m{Networks: nets("0.0.0.0/0")}), allow("", m{Hosts: []string{"a.example.com"}}), ""},

		{"a name tells its kind", deny("", m{Kinds: []string{"customer-content"}}), allow("", m{Hosts: []string{elb.Host}}), "DG1401"},
		{"each name does", deny("", m{Kinds: []string{"customer-content"}}), allow("", m{Hosts: []string{elb.Host, ssm.Host}}), ""},
		{"a name that tells no bucket", deny("", m{Services: []string{"s3"}, Buckets: []string{"secret"}}), allow("", m{Hosts: []string{pathStyle.Host}}), "DG1401"},
		{"an address tells no service, so a deny on one takes it", deny("", m{Services: []string{"s3"}}), allow("", m{Networks: nets("52.95.0.0/16")}), "DG1401"},
		{"a deny on kinds does not", deny("", m{Kinds: []string{"customer-content"}}), allow("", m{Networks: nets("52.95.0.0/16")}), ""},

		{"a job over itself in a region", deny("", m{Job: "session-manager"}), allow("", m{Job: "session-manager", Regions: []string{"ap-northeast-1"}}), "DG1401"},
		{"another job", deny("", m{Job: "session-manager"}), allow("", m{Job: "ecr-pull"}), ""},
		{"regions leave a job's global hosts", allow("", m{Regions: []string{"ap-northeast-1"}}), allow("", m{Job: "aws-cli-sso-login", Regions: []string{"ap-northeast-1"}}), ""},

		{"another client", lab(deny("", m{Ports: anyPort})), allow("", m{Services: []string{"s3"}}), ""},
		{"every client over one", deny("", m{Ports: anyPort}), lab(allow("", m{Services: []string{"s3"}})), "DG1401"},
		{"the same client", lab(deny("", m{Ports: anyPort})), lab(allow("", m{Services: []string{"s3"}})), "DG1401"},
		{"one that ends", until(deny("", m{Ports: anyPort}), day), allow("", m{Services: []string{"s3"}}), ""},
		{"one that ends later", until(deny("", m{Ports: anyPort}), day), until(allow("", m{Services: []string{"s3"}}), day.Add(-time.Hour)), "DG1401"},
		{"one that ends earlier", until(deny("", m{Ports: anyPort}), day), until(allow("", m{Services: []string{"s3"}}), day.Add(time.Hour)), ""},
		{"ports that join up", deny("", m{Ports: []config.PortRange{{First: 1, Last: 100}, {First: 101, Last: 65535}}}), allow("", m{Ports: anyPort}), "DG1401"},
		{"a scheme", deny("", m{Schemes: []string{"http"}}), allow("", m{}), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := file(tt.first, tt.then)
			cfg.Clients = append(cfg.Clients, config.Client{Name: "lab", From: nets("10.30.0.0/16")})
			got := ""
			for _, p := range Check(cfg) {
				got += p.Code
			}
			if got != tt.code {
				t.Errorf("Check(%+v, then %+v) = %q, want %q", tt.first.Match, tt.then.Match, got, tt.code)
			}
		})
	}
}

// TestNoFalseAlarm tries to reach what Check calls unreachable.
func TestNoFalseAlarm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := anyConfig(t)
		for i := range cfg.Rules {
			cfg.Rules[i].Pos.Line = i + 1
		}
		dead := make(map[int]string)
		for _, p := range Check(cfg) {
			dead[p.Pos.Line] = p.Summary.Args[1]
		}
		rules := Compile(cfg)
		for range 60 {
			q := anyRequest(t)
			if q.Host.Name != "" {
				q.Name = nameOf(q.Host.Name)
			}
			d := rules.Decide(q)
			if d.Rule == nil {
				continue
			}
			if by, ok := dead[d.Rule.Pos.Line]; ok {
				t.Fatalf("%+v is decided by rule %q, which Check calls covered by %s\nrules: %+v", q, d.Rule.Name, by, cfg.Rules)
			}
		}
	})
}

// TestCheckIsFast bounds the pairs that are compared, by time only as a last
// resort: it fails when Check becomes quadratic.
func TestCheckIsFast(t *testing.T) {
	for _, s := range shapes() {
		began := time.Now()
		problems := Check(s.cfg)
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("Check(%s) took %v", s.name, took)
		}
		if len(problems) > 0 && s.name != "grid" {
			t.Errorf("Check(%s) = %d problems, the first %v", s.name, len(problems), problems[0].Summary)
		}
	}
}

func BenchmarkCheck10000(b *testing.B) {
	for _, s := range shapes() {
		b.Run(s.name, func(b *testing.B) {
			for b.Loop() {
				Check(s.cfg)
			}
		})
	}
	cfg := file()
	for i := range 10_000 {
		p := uint16(i + 1)
		r := allow(fmt.Sprint(i), config.Match{Ports: []config.PortRange{{First: p, Last: p}}, Hosts: []string{"*-a.test"}})
		cfg.Rules = append(cfg.Rules, r)
	}
	b.Run("nothing to index", func(b *testing.B) {
		for b.Loop() {
			Check(cfg)
		}
	})
}
