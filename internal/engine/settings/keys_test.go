package settings

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestWhatContradicts: which settings of a person's must not stand beside ours,
// because one of the two would be lost, and in which section.
func TestWhatContradicts(t *testing.T) {
	six := []string{"http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"}
	exports := make([]string, len(six))
	for i, name := range six {
		exports[i] = "export " + name
	}
	tests := []struct {
		target string
		os     OS
		within string
		want   []string
	}{
		{"shell", MacOS, "", exports},
		{"environment", AL2023, "", append(append([]string{}, six...), exports...)}, // PAM takes both
		{"ecs-agent", AL2023, "", []string{"HTTP_PROXY", "NO_PROXY"}},
		{"cloudwatch-agent", AL2023, "", []string{"[proxy]"}},
		{"codedeploy-agent", AL2023, "", []string{":proxy_uri:"}},
		{"dnf", RHEL, "[main]", []string{"proxy", "proxy_username", "proxy_password"}},
		{"yum", AL2, "[main]", []string{"proxy", "proxy_username", "proxy_password"}},
		{"git", Debian, "[http]", []string{"proxy"}},
		{"npm", Debian, "", []string{"proxy", "https-proxy", "noproxy"}},
		{"pip", Debian, "", []string{"proxy"}}, // [install] beats [global]
		{"gradle", Debian, "", []string{
			"systemProp.http.proxyHost", "systemProp.http.proxyPort", "systemProp.http.proxyUser", "systemProp.http.proxyPassword",
			"systemProp.https.proxyHost", "systemProp.https.proxyPort", "systemProp.https.proxyUser", "systemProp.https.proxyPassword",
			"systemProp.http.nonProxyHosts", "systemProp.jdk.http.auth.tunneling.disabledSchemes",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.target, func(t *testing.T) {
			block := ask(t, tt.target, tt.os).Files[0].Block
			if diff := cmp.Diff(tt.want, block.Keys); diff != "" || block.Within != tt.within {
				t.Errorf("keys count within %q, want %q; keys (-want +got):\n%s", block.Within, tt.within, diff)
			}
		})
	}
}

// TestListOfECS: the agent asks its Docker daemon over a socket, which its list
// names (Amazon ECS developer guide, "HTTP proxy configuration").
func TestListOfECS(t *testing.T) {
	for os, socket := range map[OS]string{AL2: "/var/run/docker.sock\n", Windows: `\\.\pipe\docker_engine', 'Machine')` + "\r\n"} {
		text := ask(t, "ecs-agent", os).Files[0].Content
		if !strings.Contains(text, ",169.254.170.2,") || !strings.Contains(text, "10.0.0.0/8,"+socket) {
			t.Errorf("ecs-agent on %s lacks %q in\n%s", os, socket, text)
		}
		if list := full(t).Exclude.Variable(); os == Windows && !strings.Contains(text, "'"+list+",") {
			t.Errorf("other programs that read the machine's environment lack some of %s in\n%s", list, text)
		}
	}
}

// TestPropertiesOfJava: what holds for tunnels needs properties of its own.
func TestPropertiesOfJava(t *testing.T) {
	p := Proxy{Host: "2001:db8::1", Port: 3128}
	list := "localhost|127.*|[::1]|169.254.169.254|169.254.170.2|169.254.170.23|[fd00:ec2::254]|[fd00:ec2::23]|*.internal"
	open := []variable{
		{"http.proxyHost", "2001:db8::1"}, {"http.proxyPort", "3128"}, {"https.proxyHost", "2001:db8::1"}, {"https.proxyPort", "3128"},
		{"http.nonProxyHosts", list},
	}
	if got := (Question{Proxy: p}).properties(); !cmp.Equal(open, got, cmp.AllowUnexported(variable{})) {
		t.Errorf("without credentials: %v, want %v", got, open)
	}
	p.User, p.Password = "u", "p%"
	secret := []variable{
		{"http.proxyHost", "2001:db8::1"}, {"http.proxyPort", "3128"}, {"http.proxyUser", "u"}, {"http.proxyPassword", "p%"},
		{"https.proxyHost", "2001:db8::1"}, {"https.proxyPort", "3128"}, {"https.proxyUser", "u"}, {"https.proxyPassword", "p%"},
		{"http.nonProxyHosts", list}, {"jdk.http.auth.tunneling.disabledSchemes", ""},
	}
	if got := (Question{Proxy: p}).properties(); !cmp.Equal(secret, got, cmp.AllowUnexported(variable{})) {
		t.Errorf("with credentials: %v, want %v", got, secret)
	}
}

// TestWinHTTPNamesBothSchemes: a bare host:port is http_proxy alone for the
// Systems Manager agent.
func TestWinHTTPNamesBothSchemes(t *testing.T) {
	q := full(t)
	q.OS, q.Home, q.Proxy = Windows, "", Proxy{Host: "2001:db8::1", Port: 3128}
	want := `netsh winhttp set proxy "proxy-server=http=[2001:db8::1]:3128;https=[2001:db8::1]:3128" "bypass-list=localhost;127.*;`
	if text := asked(t, "windows-winhttp", q).Files[0].Content; !strings.Contains(text, "\n"+want) {
		t.Errorf("windows-winhttp lacks\n%s\nin\n%s", want, text)
	}
}
