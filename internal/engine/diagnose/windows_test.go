package diagnose

import (
	"testing"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
)

// TestWinHTTPOnly is a mistake of many guides: "netsh winhttp set proxy h:p"
// leaves the agent's calls to AWS without a proxy.
func TestWinHTTPOnly(t *testing.T) {
	r := Examine(&facts.Sheet{
		OS: "windows", Subject: facts.Subject{Kind: facts.SSMAgent}, Region: "ap-northeast-1",
		Sources: []facts.Source{{Form: facts.Windows, Name: "winhttp", Lines: []string{"ProxyServer=proxy.example:3128"}}},
	})
	if len(r.Causes) == 0 || r.Causes[0] != "https-proxy-missing" {
		t.Errorf("causes = %q, want https-proxy-missing first", r.Causes)
	}
	for _, c := range r.Checks {
		if c.Cause == "https-proxy-missing" && (len(c.Commands) == 0 || c.Commands[0] != `$k = 'HKLM:\SYSTEM\CurrentControlSet\Services\AmazonSSMAgent'`) {
			t.Errorf("the fix is not for Windows: %q", c.Commands)
		}
	}
}

// TestWindowsKnowsOneCase: curl reads http_proxy only in lower case, and finds
// HTTP_PROXY all the same.
func TestWindowsKnowsOneCase(t *testing.T) {
	x := newExam(&facts.Sheet{OS: "windows", Programs: []string{"curl"}, Subject: facts.Subject{Kind: facts.Shell}, Sources: []facts.Source{
		{Form: facts.Environ, Name: "environment", Lines: []string{"HTTP_PROXY=http://p:1", "HTTPS_PROXY=http://p:1"}},
	}})
	if d := x.program().Route(x.vars, noproxy.Target{Scheme: "http", Host: "a.example"}); d.Route != noproxy.Proxied {
		t.Errorf("route = %s, want proxy", d.Route)
	}
}

// TestWindowsPrecedence: somebody set a proxy where another one comes before it.
func TestWindowsPrecedence(t *testing.T) {
	r := Examine(&facts.Sheet{
		OS: "windows", Subject: facts.Subject{Kind: facts.SSMAgent}, Region: "ap-northeast-1",
		Sources: []facts.Source{
			{Form: facts.Windows, Name: "system", Lines: []string{"http_proxy=http://new:1", "https_proxy=http://new:1", "no_proxy=169.254.169.254"}},
			{Form: facts.Windows, Name: "service", Lines: []string{"http_proxy=http://old:1", "https_proxy=http://old:1", "no_proxy=169.254.169.254"}},
		},
	})
	if len(r.Causes) != 1 || r.Causes[0] != "windows-precedence" {
		t.Errorf("causes = %q, want windows-precedence", r.Causes)
	}
}
