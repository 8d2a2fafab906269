package diagnose

import (
	"slices"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// TestValues: what is wrong with a value, and how it is written instead.
func TestValues(t *testing.T) {
	tests := map[string]struct{ value, cause, write string }{
		"sound":                  {"http://p.example:3128", "", ""},
		"sound, with a slash":    {"http://p.example:3128/", "", ""},
		"sound, with a password": {"http://u:p%40ss@p.example:3128", "", ""},
		"an address of IPv6":     {"http://[fd00::5]:3128", "", ""},
		"no scheme":              {"p.example:3128", "scheme-missing", "http://p.example:3128"},
		"TLS to the proxy":       {"https://p.example:3128", "scheme-https", "http://p.example:3128"},
		"SOCKS":                  {"socks5://p.example:1080", "scheme-socks", "http://PROXY:3128"},
		"quotes":                 {`"http://p.example:3128"`, "quotes-in-value", "http://p.example:3128"},
		"a space behind it":      {"http://p.example:3128 ", "bad-url", "http://p.example:3128"},
		"no port":                {"http://p.example", "port-missing", "http://p.example:PORT"},
		"a port that is none":    {"http://p.example:31x8", "bad-url", "http://PROXY:3128"},
		"a raw # in a password":  {"http://u:p#ss@p.example:3128", "bad-url", "http://PROXY:3128"},
		"a raw @ in a password":  {"http://u:p@ss@p.example:3128", "bad-url", ""},
		"another scheme":         {"ftp://p.example:21", "bad-url", "http://PROXY:3128"},
	}
	for why, tt := range tests {
		t.Run(why, func(t *testing.T) {
			x := newExam(&facts.Sheet{OS: "linux", Subject: facts.Subject{Kind: facts.Shell}, Sources: []facts.Source{
				{Form: facts.Environ, Name: "e", Lines: []string{"https_proxy=" + tt.value, "HTTPS_PROXY=" + tt.value}},
			}})
			checkValues(x)
			if tt.cause == "" {
				if len(x.findings) > 0 {
					t.Errorf("%q: %+v, want nothing", tt.value, x.findings)
				}
				return
			}
			if len(x.findings) == 0 || x.findings[0].Cause != tt.cause {
				t.Fatalf("%q: %+v, want %s", tt.value, x.findings, tt.cause)
			}
			f := x.findings[0]
			if tt.write != "" && (!slices.Contains(f.Fix.Args, tt.write) || !strings.Contains(f.Commands[0], "'"+tt.write+"'")) {
				t.Errorf("%q: fix %q, %q; want %s", tt.value, f.Fix.Args, f.Commands, tt.write)
			}
			if all := strings.Join(append(append(f.Evidence, f.Commands...), f.Because.Args...), " "); strings.Contains(all, "p#ss") || strings.Contains(all, "p@ss") {
				t.Errorf("%q: a password is shown: %s", tt.value, all)
			}
		})
	}
}

// TestUpdateAgent: the agent is updated as its system does it.
func TestUpdateAgent(t *testing.T) {
	for _, tt := range []struct{ os, release, unit, want string }{
		{"linux", "Amazon Linux 2023.9", "", "dnf upgrade"},
		{"linux", "Amazon Linux 2", "", "yum update"},
		{"linux", "Red Hat Enterprise Linux 9.4 (Plow)", "", "https://s3.eu-west-1.amazonaws.com/amazon-ssm-eu-west-1/latest/linux_"},
		{"linux", "Debian GNU/Linux 12 (bookworm)", "", "dpkg -i"},
		{"linux", "Ubuntu 24.04.1 LTS", "snap.amazon-ssm-agent.amazon-ssm-agent.service", "snap refresh"},
		{"windows", "Microsoft Windows NT 10.0.20348.0", "", "AmazonSSMAgentSetup.exe"},
	} {
		r := Examine(&facts.Sheet{
			OS: tt.os, Release: tt.release, Subject: facts.Subject{Kind: facts.SSMAgent, Name: tt.unit}, Region: "eu-west-1",
			Sources: []facts.Source{{Form: facts.Version, Name: "amazon-ssm-agent", Lines: []string{"3.2.0.0"}}},
		})
		for _, c := range r.Checks {
			if c.ID == "ssm-agent" && (c.Cause != "ec2messages-retired" || !strings.Contains(strings.Join(c.Commands, "\n"), tt.want)) {
				t.Errorf("%s: %s by %q, want %q in it", tt.release, c.Cause, c.Commands, tt.want)
			}
		}
	}
}
