package noproxy

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

const p1 = "http://10.99.0.1:3128"

// ask returns the way of id with p1 in every variable and list in both cases.
func ask(t *testing.T, id, list, target string) Decision {
	t.Helper()
	d, err := Route(id, Everywhere(p1, p1, list), target)
	if err != nil {
		t.Fatalf("Route(%q, %q, %q): %v", id, list, target, err)
	}
	return d
}

// TestPrograms is the table of TOPOLOGY, column by column: what the programs
// that a topology names make of each form of an entry.
func TestPrograms(t *testing.T) {
	const (
		x, below = "https://example.com/", "https://a.example.com/"
		v4, v6   = "http://10.1.2.3/", "http://[2001:db8::5]/"
	)
	columns := []struct {
		why, list, target string
	}{
		{"x", "example.com", x}, {"below x", "example.com", below},
		{".x: x", ".example.com", x}, {".x: below", ".example.com", below},
		{"*.x: x", "*.example.com", x}, {"*.x: below", "*.example.com", below},
		{"* alone", "*", x}, {"* in a list", "foo.test,*", x},
		{"IPv4 prefix", "10.0.0.0/8", v4}, {"IPv6 prefix", "2001:db8::/32", v6},
		{"IPv6 bare", "2001:db8::5", v6}, {"IPv6 in brackets", "[2001:db8::5]", v6},
		{"x:443", "example.com:443", x}, {"x:443, port in the URL", "example.com:443", "https://example.com:443/"},
	}
	tests := []struct{ programs, direct string }{ // D is direct, - not, in the order of columns
		{"aws-cli-v1 boto3", "DD DD -- D- -- -D -D"},
		{"python-requests", "DD DD -- D- D- D- -D"},
		{"curl", "DD DD -- D- D- D- --"},
		{"wget", "DD -D -- -- -- D- --"},
		{"go ssm-agent terraform", "DD -D -D DD DD D- DD"},
		{"dotnet", "D- DD -- -- -- -D --"}, // by its source; TOPOLOGY has ".x" as the names below, and IPv6 either way
		{"java-v2", "D- -- -D DD -- D- --"},
		{"node", "DD DD DD DD DD DD DD"},
	}
	for _, tt := range tests {
		want := strings.ReplaceAll(tt.direct, " ", "")
		for id := range strings.FieldsSeq(tt.programs) {
			for i, c := range columns {
				d := ask(t, id, c.list, c.target)
				if got := d.Route == Direct; got != (want[i] == 'D') {
					t.Errorf("%s, %s: Route(%q, %s) = %s, %s", id, c.why, c.list, c.target, d.Route, d.Because.In(reason.English))
				}
			}
		}
	}
}

// TestCredentials says which calls for credentials go to the proxy unless they
// are excluded, as TOPOLOGY has it.
func TestCredentials(t *testing.T) {
	tests := []struct {
		id                  string
		instance, container Way
	}{
		{"aws-cli-v1", Proxied, Direct},
		{"aws-cli-v2", Proxied, Direct},
		{"boto3", Proxied, Direct},
		{"go", Proxied, Proxied},
		{"ssm-agent", Proxied, Proxied},
		{"curl", Proxied, Proxied},
		{"dotnet", Proxied, Proxied},
		{"java-v2", Direct, Direct},
		{"node", Direct, Direct},
	}
	for _, tt := range tests {
		for host, want := range map[string]Way{
			"169.254.169.254": tt.instance, "[fd00:ec2::254]": tt.instance,
			"169.254.170.2": tt.container, "169.254.170.23": tt.container, "[fd00:ec2::23]": tt.container,
		} {
			if d := ask(t, tt.id, "foo.test", "http://"+host+"/"); d.Route != want {
				t.Errorf("%s: Route(%s) = %s, %s; want %s", tt.id, host, d.Route, d.Because.In(reason.English), want)
			}
		}
	}
	// What the SDK for JavaScript asks the given agent for is not what its
	// credential providers do: they have clients of their own.
	own := []string{"aws-sdk-js-v3-proxy-agent", "aws-sdk-js-v3-imds-on-node24-env-proxy"}
	for _, p := range Programs() {
		if slices.Contains(own, p.ID) {
			continue
		}
		d := p.Route(Everywhere(p1, p1, ""), Target{Scheme: "http", Host: metadata4})
		if (d.Route == Proxied) != p.Credentials.Instance {
			t.Errorf("%s: the table says %v of metadata, Route %s", p.ID, p.Credentials.Instance, d.Route)
		}
		d = p.Route(Everywhere(p1, p1, ""), Target{Scheme: "http", Host: ecs})
		if (d.Route == Proxied) != p.Credentials.Container {
			t.Errorf("%s: the table says %v of containers, Route %s", p.ID, p.Credentials.Container, d.Route)
		}
	}
}

func TestVariables(t *testing.T) {
	const target, other = "https://example.com/", "http://10.99.0.2:3128"
	tests := []struct {
		why, id  string
		vars     Vars
		route    Way
		variable string
	}{
		{"lower case wins", "botocore", Vars{"https_proxy": p1, "HTTPS_PROXY": other}, Proxied, "https_proxy"},
		{"upper case wins", "go", Vars{"https_proxy": p1, "HTTPS_PROXY": other}, Proxied, "HTTPS_PROXY"},
		{"an empty variable hides the other", "botocore", Vars{"https_proxy": "", "HTTPS_PROXY": p1}, Direct, ""},
		{"an empty variable is none", "curl", Vars{"https_proxy": "", "HTTPS_PROXY": p1}, Proxied, "HTTPS_PROXY"},
		{"no fallback from https to http", "aws-cli-v2", Vars{"http_proxy": p1, "HTTP_PROXY": p1}, Direct, ""},
		{"https falls back to http", "node-undici", Vars{"http_proxy": p1}, Proxied, "http_proxy"},
		{"http's variable for https", "ruby", Vars{"http_proxy": p1, "https_proxy": other}, Proxied, "http_proxy"},
		{"lower case only", "wget", Vars{"HTTPS_PROXY": p1}, Direct, ""},
		{"all_proxy is read", "curl", Vars{"all_proxy": p1}, Proxied, "all_proxy"},
		{"all_proxy is not read", "aws-cli-v2", Vars{"all_proxy": p1}, Direct, ""},
		{"an empty list hides the other", "git", Vars{"https_proxy": p1, "no_proxy": "", "NO_PROXY": "example.com"}, Proxied, "https_proxy"},
		{"an empty list is none", "curl", Vars{"https_proxy": p1, "no_proxy": "", "NO_PROXY": "example.com"}, Direct, "NO_PROXY"},
		{"under CGI no HTTP_PROXY, not for https either", "ruby", Vars{"HTTP_PROXY": p1, "REQUEST_METHOD": "GET"}, Direct, ""},
		{"under CGI that says nothing HTTP_PROXY as ever", "perl-lwp", Vars{"HTTPS_PROXY": p1, "REQUEST_METHOD": ""}, Proxied, "HTTPS_PROXY"},
		{"http's variable for https, in the ECS agent's copy", "amazon-ecs-agent", Vars{"HTTP_PROXY": p1}, Proxied, "HTTP_PROXY"},
		{"and where there are both, https's", "amazon-ecs-agent", Vars{"HTTP_PROXY": other, "https_proxy": p1}, Proxied, "https_proxy"},
		{"a value without a scheme is none", "aws-sdk-java-v2", Vars{"http_proxy": "10.99.0.1:3128"}, Direct, "http_proxy"},
		{"nor is one without a port", "aws-sdk-java-v2", Vars{"http_proxy": "http://10.99.0.1"}, Direct, "http_proxy"},
		{"the SDK for Java trims", "aws-sdk-java-v2", Vars{"http_proxy": " " + p1 + "/ "}, Proxied, "http_proxy"},
		{"a property of the list alone keeps the SDK for Java from variables", "aws-sdk-java-v2", Vars{"http_proxy": p1, "system_properties": "-Dhttp.nonProxyHosts=foo.test"}, Direct, ""},
		{"a host without a port is none to it", "aws-sdk-java-v2", Vars{"http_proxy": p1, "system_properties": "-Dhttp.proxyHost=10.99.0.1"}, Direct, ""},
		{"properties before variables", "aws-sdk-java-v2", Vars{"http_proxy": other, "system_properties": "-Dhttp.proxyHost=10.99.0.1 -Dhttp.proxyPort=3128"}, Proxied, "http.proxyHost"},
		{"the property of all schemes", "java-httpurlconnection-d", Vars{"system_properties": "-DproxyHost=10.99.0.1"}, Proxied, "proxyHost"},
		{"a URL for a host is a host that nobody finds", "java-httpurlconnection-d", Vars{"system_properties": "-Dhttps.proxyHost=http://10.99.0.1"}, Broken, "https.proxyHost"},
		{"SOCKS, which HttpClient does not speak", "java-httpclient-d", Vars{"system_properties": "-DsocksProxyHost=10.99.0.1"}, Direct, "socksProxyHost"},
		{"under CGI the SDK for Rust reads nothing", "aws-sdk-rust", Vars{"https_proxy": p1, "REQUEST_METHOD": ""}, Direct, ""},
		{"an empty variable hides the other from it", "aws-sdk-rust", Vars{"HTTPS_PROXY": "", "https_proxy": p1}, Direct, ""},
		{"but not ALL_PROXY", "aws-sdk-rust", Vars{"HTTPS_PROXY": "", "all_proxy": p1}, Proxied, "all_proxy"},
		{"which is next after what it cannot read, too", "aws-sdk-rust", Vars{"HTTPS_PROXY": "foo://10.99.0.1:3128", "https_proxy": other, "all_proxy": p1}, Proxied, "all_proxy"},
		{"capital letters are read by it", "aws-sdk-rust", Vars{"https_proxy": p1, "NO_PROXY": ".Example.com"}, Direct, "NO_PROXY"},
		{"under CGI http's variable is refused for https, too, in the ECS agent's copy", "amazon-ecs-agent", Vars{"HTTP_PROXY": p1, "REQUEST_METHOD": "GET"}, Broken, "HTTP_PROXY"},
		{"an IPv6 proxy is one that global-agent does not find", "node-global-agent", Vars{"HTTPS_PROXY": "http://[::1]:3128"}, Broken, "HTTPS_PROXY"},
		{"an empty HTTPS_PROXY keeps global-agent from HTTP_PROXY", "node-global-agent", Vars{"HTTPS_PROXY": "", "HTTP_PROXY": p1}, Direct, ""},
		{"nor does it read one with a query", "node-global-agent", Vars{"HTTPS_PROXY": p1 + "/x?y"}, Broken, "HTTPS_PROXY"},
		{"or a fragment", "node-global-agent", Vars{"HTTPS_PROXY": p1 + "#y"}, Broken, "HTTPS_PROXY"},
		{"httpx fails on the proxy of a scheme that it is not asked for", "python-httpx", Vars{"http_proxy": " " + p1}, Broken, "http_proxy"},
		{"and on an all_proxy that it does not need", "python-httpx", Vars{"https_proxy": p1, "all_proxy": "foo://10.99.0.1:3128"}, Broken, "all_proxy"},
		{"but not on one that is set to nothing", "python-httpx", Vars{"https_proxy": p1, "ALL_PROXY": ""}, Proxied, "https_proxy"},
		{"nor on a blank that ends a host which it does not need", "python-httpx", Vars{"https_proxy": p1, "http_proxy": p1 + " "}, Proxied, "https_proxy"},
		{"a name in any case", "python-urllib", Vars{"Https_Proxy": p1}, Proxied, "Https_Proxy"},
		{"under CGI https_proxy as ever", "go", Vars{"https_proxy": p1, "REQUEST_METHOD": "GET"}, Proxied, "https_proxy"},
		{"an empty https_proxy keeps apt from http's", "apt", Vars{"https_proxy": "", "http_proxy": p1}, Direct, ""},
		{"an empty http_proxy keeps git from ALL_PROXY", "git", Vars{"https_proxy": "", "ALL_PROXY": p1}, Direct, ""},
		{"aria2 passes over a value that it cannot read", "aria2", Vars{"https_proxy": "http://u:p#ss@10.99.0.1:3128", "all_proxy": p1}, Proxied, "all_proxy"},
		{"HTTP::Tiny fails on an all_proxy that it does not need", "perl-http-tiny", Vars{"https_proxy": p1, "ALL_PROXY": "10.99.0.1:3128"}, Broken, "ALL_PROXY"},
		{"requests reads the list that urllib below it does not", "python-requests", Vars{"https_proxy": p1, "no_proxy": "", "NO_PROXY": "example.com"}, Direct, "NO_PROXY"},
		{"only urllib would read capital letters", "python-requests", Vars{"https_proxy": p1, "no_proxy": "", "NO_PROXY": "Example.com"}, Proxied, "https_proxy"},
		{"properties, no variables", "java-httpclient-d", Vars{"https_proxy": p1}, Direct, ""},
		{"no variables at all", "node", Vars{"https_proxy": p1}, Direct, ""},
	}
	for _, tt := range tests {
		d, err := Route(tt.id, tt.vars, target)
		if err != nil || d.Route != tt.route || d.Variable != tt.variable {
			t.Errorf("%s: Route(%s, %v) = %s by %q, %v; want %s by %q", tt.why, tt.id, tt.vars, d.Route, d.Variable, err, tt.route, tt.variable)
		}
	}
}

// TestUnread: where CGI leaves no variable to read, the reason is that, and not
// that none names a proxy.
func TestUnread(t *testing.T) {
	for id, scheme := range map[string]string{"rust-reqwest": "http", "aws-sdk-rust": "https"} {
		d, err := Route(id, Vars{scheme + "_proxy": p1, "REQUEST_METHOD": "GET"}, scheme+"://example.com/")
		if err != nil || d.Route != Direct || d.Because.Code != "noproxy.cgi-unread" {
			t.Errorf("Route(%s) under CGI = %s, %s, %v", id, d.Route, d.Because.In(reason.English), err)
		}
	}
}

// TestFetch: fetch takes no URL with credentials, whatever the list says.
func TestFetch(t *testing.T) {
	for _, id := range []string{"node24-fetch-env-proxy", "node20-fetch-env-proxy"} {
		if d := ask(t, id, "*", "https://user@example.com/"); d.Route != Broken {
			t.Errorf("Route(%s) of a URL with credentials = %s, %s", id, d.Route, d.Because.In(reason.English))
		}
	}
	if d := ask(t, "node-undici", "*", "https://user@example.com/"); d.Route != Direct {
		t.Errorf("Route(node-undici) of a URL with credentials = %s, %s", d.Route, d.Because.In(reason.English))
	}
}

// TestEntry: the entry that decided is named as written.
func TestEntry(t *testing.T) {
	tests := []struct{ id, list, target, want string }{
		{"aws-cli-v2", "localhost, .Example.com", "https://example.com/", ".Example.com"},
		{"curl", "foo.test,10.0.0.0/8", "http://10.1.2.3/", "10.0.0.0/8"},
		{"go", "foo.test,*.example.com:443", "https://a.example.com/", "*.example.com:443"},
		{"perl-lwp", ",foo.test", "http://example.com/", ""},
		{"java-httpurlconnection-d", "foo.test|169.254.*", "http://169.254.169.254/", "169.254.*"},
	}
	for _, tt := range tests {
		if d := ask(t, tt.id, tt.list, tt.target); d.Route != Direct || d.Entry != tt.want {
			t.Errorf("%s: Route(%q, %s) = %s by %q, want direct by %q", tt.id, tt.list, tt.target, d.Route, d.Entry, tt.want)
		}
	}
}

// TestOddAddresses: what inet_aton takes for an address.
func TestOddAddresses(t *testing.T) {
	tests := []struct {
		why, id, list, target string
		want                  Way
	}{
		{"requests reads 127.1 as 127.0.0.1", "python-requests", "127.0.0.0/8", "http://127.1/", Direct},
		{"and so the base of a prefix", "python-requests", "10.1/8", "http://10.9.9.9/", Direct},
		{"10 is 0.0.0.10", "python-requests", "10/8", "http://10.9.9.9/", Proxied},
		{"an address in another spelling is another entry", "python-requests", "127.0.0.1", "http://127.1/", Proxied},
		{"no bits are no prefix", "python-requests", "10.0.0.0/0", "http://10.1.2.3/", Proxied},
		{"nor 33", "python-requests", "10.0.0.0/33", "http://10.1.2.3/", Proxied},
		{"aria2 reads 127.1 as 127.0.0.1, too", "aria2", "127.0.0.0/8", "http://127.1/", Direct},
		{"and the base of a prefix", "aria2", "127.1/8", "http://127.9.9.9/", Direct},
		{"but compares an address as written", "aria2", "127.0.0.1", "http://127.1/", Proxied},
		{"an address of IPv4 inside IPv6 is not this machine to Ruby", "ruby", "foo.test", "http://[::ffff:127.0.0.1]/", Proxied},
		{"127.1 is", "ruby", "foo.test", "http://127.1/", Direct},
		{"axios reads a short base", "axios", "10.1/8", "http://10.9.9.9/", Direct},
		{"but no single number", "axios", "10/8", "http://0.0.0.1/", Proxied},
		{"nor zeros before the bits", "axios", "10.0.0.0/08", "http://10.1.2.3/", Proxied},
		{"Ruby reads masks", "ruby", "10.1.2.0/255.255.255.0", "http://10.1.2.3/", Direct},
		{"and compares by them", "ruby", "10.1.2.0/255.255.255.0", "http://10.1.3.3/", Proxied},
		{"no mask has a hole", "ruby", "10.1.2.0/255.0.255.0", "http://10.1.2.3/", Proxied},
		{"localhost with a dot is this machine to Ruby", "ruby", "foo.test", "http://localhost./", Direct},
		{"httpx takes the scheme's port for none", "python-httpx", "example.com:80", "http://example.com:80/", Proxied},
		{"but not another scheme's", "python-httpx", "example.com:80", "https://example.com:80/", Direct},
		{"and drops a colon without a port", "python-httpx", "example.com:", "http://example.com/", Direct},
		{"and who is before an @", "python-httpx", "user@example.com", "http://example.com/", Direct},
		{"the SDK for Java does not add Java's own list", "aws-sdk-java-v2", "foo.test", "http://localhost/", Proxied},
	}
	for _, tt := range tests {
		if d := ask(t, tt.id, tt.list, tt.target); d.Route != tt.want {
			t.Errorf("%s: Route(%s, %q, %s) = %s, %s; want %s", tt.why, tt.id, tt.list, tt.target, d.Route, d.Because.In(reason.English), tt.want)
		}
	}
}

// TestResolving: Ruby compares addresses, which are given, or assumed.
func TestResolving(t *testing.T) {
	p, err := Named("ruby")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		why     string
		addrs   []netip.Addr
		list    string
		route   Way
		assumed bool
	}{
		{"an address in the prefix", []netip.Addr{netip.MustParseAddr("10.1.2.3")}, "10.0.0.0/8", Direct, false},
		{"an address outside", []netip.Addr{netip.MustParseAddr("52.94.1.1")}, "10.0.0.0/8", Proxied, false},
		{"not given, a private prefix", nil, "10.0.0.0/8", Direct, true},
		{"not given, link-local: no name is", nil, "169.254.0.0/16", Proxied, false},
	}
	for _, tt := range tests {
		d := p.Route(Everywhere(p1, p1, tt.list), Target{Scheme: "https", Host: "sts.ap-northeast-1.amazonaws.com", Addrs: tt.addrs})
		if d.Route != tt.route || d.Assumed != tt.assumed {
			t.Errorf("%s: %s, assumed %v; want %s, %v", tt.why, d.Route, d.Assumed, tt.route, tt.assumed)
		}
	}
}

func TestNamed(t *testing.T) {
	for alias, want := range map[string]string{
		"boto3": "botocore", "terraform": "terraform-init", "ssm-agent": "amazon-ssm-agent",
		"java-v2": "aws-sdk-java-v2", "dotnet": "aws-sdk-dotnet", "node": "aws-sdk-js-v3-default", "go": "go",
	} {
		if p, err := Named(alias); err != nil || p.ID != want {
			t.Errorf("Named(%q) = %v, %v; want %s", alias, p, err, want)
		}
	}
	_, err := Named("aws-cli-v3")
	if e, ok := errors.AsType[*UnknownProgramError](err); !ok || e.Nearest != "aws-cli-v2" && e.Nearest != "aws-cli-v1" {
		t.Errorf("Named(aws-cli-v3): %v", err)
	}
	if _, err := Route("curl", nil, "ftp://example.com/"); err == nil {
		t.Error("Route of an ftp URL: no error")
	}
}

// TestTable: what stands in the table is complete, and names are given once.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Programs() {
		for _, name := range append([]string{p.ID}, p.Aliases...) {
			if seen[name] {
				t.Errorf("%s is given twice", name)
			}
			seen[name] = true
		}
		if p.Name == "" || p.Family() == "" || p.Level == Measured && p.Version == "" || p.Level == Documented && p.Source == "" {
			t.Errorf("%s: something is missing: %+v", p.ID, p)
		}
	}
	if len(measured) != 62 {
		t.Errorf("%d programs are measured, want 62", len(measured))
	}
}

func TestGlob(t *testing.T) {
	tests := []struct {
		pattern, host string
		want          bool
	}{
		{"example.com", "EXAMPLE.com", true},
		{"*.example.com", "a.example.com", true},
		{"*.example.com", "example.com", false},
		{"s3.*.amazonaws.com", "s3.ap-northeast-1.amazonaws.com", true},
		{"a*a", "a", false}, // the two ends do not share a letter
		{"*b*c*", "abcabd", true},
		{"*c*b*", "abca", false},
		{"*", "", true},
	}
	for _, tt := range tests {
		if got := glob(tt.pattern, tt.host); got != tt.want {
			t.Errorf("glob(%q, %q) = %v, want %v", tt.pattern, tt.host, got, tt.want)
		}
	}
}
