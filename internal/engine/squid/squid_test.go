package squid

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// show lists problems as "LINE:COL severity code".
func show(r Result) (rows []string) {
	for _, p := range r.Problems {
		rows = append(rows, fmt.Sprintf("%d:%d %s %s", p.Pos.Line, p.Pos.Col, p.Severity, p.Summary.Code))
	}
	return rows
}

// TestCarriedOver: what directives become, and what is reported of them.
func TestCarriedOver(t *testing.T) {
	tests := []struct {
		name, conf string
		holds      string // a part of the result, "" for none
		problems   []string
	}{
		{"a port on all addresses", "http_port 3128", `address: ":3128"`, nil},
		{"a port on one address", "http_port 10.0.0.1:3128", `address: "10.0.0.1:3128"`, nil},
		{"a port on one address of IPv6", "http_port [::1]:3128", `address: "[::1]:3128"`, nil},
		{"not a port", "http_port web", "127.0.0.1:3128", []string{"1:11 error DG1702.listen"}},
		{"a port for intercepted traffic", "http_port 80 intercept", "127.0.0.1:3128", []string{"1:14 error DG1710"}},
		{"TLS to the proxy", "http_port 3128\nhttps_port 3129 cert=x", "", []string{"2:1 error DG1710.tls"}},
		{"PROXY headers from a load balancer", "acl lb src 10.0.0.0/24\nhttp_port 3128 require-proxy-header\nproxy_protocol_access allow lb\nproxy_protocol_access deny all", "trust: [10.0.0.0/24]", nil},
		{"PROXY headers from all but one network", "acl bad src 128.0.0.0/1 ipv6\nhttp_port 3128 require-proxy-header\nproxy_protocol_access deny bad\nproxy_protocol_access allow all", "trust: [0.0.0.0/1]", nil},
		{"PROXY headers from nobody", "http_port 3128 require-proxy-header", "trust: [127.0.0.1/32]", []string{"1:1 error DG1710.nobody"}},
		{"one parent for everything", "cache_peer up.test parent 8080 0 default\nnever_direct allow all", `proxy: "http://up.test:8080"`, nil},
		{"a parent for some names", "acl x dstdomain .x.test\ncache_peer up.test parent 8080 0\nnever_direct allow x", "hosts: [.x.test]", nil},
		{"two parents by names", "acl x dstdomain .x.test\ncache_peer a.test parent 1 0\ncache_peer b.test parent 2 0 name=b\ncache_peer_access a.test allow x\ncache_peer_access a.test deny all\nnever_direct allow all", `- proxy: "http://b.test:2"`, nil},
		{"names that go directly cannot be excepted", "acl x dstdomain .x.test\ncache_peer up.test parent 8080 0\nalways_direct allow x\nnever_direct allow all", "", []string{"2:1 error DG1709.except"}},
		{"Squid chooses", "cache_peer up.test parent 8080 0", "", []string{"1:1 error DG1709.direct"}},
		{"a parent by who asks", "acl x src ::1\ncache_peer up.test parent 8080 0\nnever_direct allow x", "", []string{"3:1 error DG1709"}},
		{"a parent with a password, which is not shown", "cache_peer up.test parent 8080 0 login=u:p\nnever_direct allow all", "login=…", []string{"1:34 error DG1709.login"}},
		{"a parent resolves what it gets", "cache_peer up.test parent 8080 0\nnever_direct allow all\nhttp_access deny to_localhost\nhttp_access allow localhost", "", []string{"3:18 warning DG1709.names"}},
		{"a sibling", "cache_peer up.test sibling 8080 0", "", []string{"1:20 error DG1709.kind"}},
		{"the log", "access_log daemon:/var/log/squid/access.log squid", `log: {file: "/var/log/squid/access.log", format: squid}`, nil},
		{"the log of old", "access_log /var/log/squid/access.log", `file: "/var/log/squid/access.log"`, nil},
		{"a log format", "access_log stdio:/x logformat=mine", `file: "/x"`, []string{"1:21 warning DG1712.format"}},
		{"name servers", "dns_nameservers 10.0.0.2 10.0.0.3", `resolve: {servers: ["10.0.0.2", "10.0.0.3"]}`, nil},
		{"times", "connect_timeout 1.5 minutes\nshutdown_lifetime 5 seconds", "connect_timeout: 1m30s", nil},
		{"not a time", "connect_timeout soon", "", []string{"1:1 error DG1702.time"}},
		{"headers that are not added anyway", "forwarded_for off\nvia off\ncache deny all", "", nil},
		{"headers that are never added", "forwarded_for on", "", []string{"1:1 note DG1711.headers"}},
		{"caching and the like", "cache_mem 1 GB\nrefresh_pattern . 0 20% 4320", "cache_mem, refresh_pattern", nil},
		{"a directive that nobody knows", "frobnicate on", "", []string{"1:1 warning DG1708.setting"}},
		{"an acl that is not defined closes", "http_access allow nobody", "Nothing is allowed", []string{"1:19 error DG1702.undefined"}},
		{"lines that Squid passes over", "http_access permit all\nhttp_access allow", "Nothing is allowed", []string{"1:1 error DG1702.access", "2:13 error DG1702.bare"}},
		{"a name as a source: it is not known who that is", "acl x src host.test ::1\nhttp_access allow x", `from: ["::1/128"]`, []string{"1:11 error DG1702.address", "2:19 error DG1703.narrow"}},
		{"an include that is not there closes what follows", "http_access allow localhost\ninclude x\nhttp_access allow all", "http_access allow all: decides nothing", []string{"2:9 error DG1701.include"}},
		{"what is under an if denies only", "if 1 = 1\nhttp_access allow all\nendif\nhttp_access deny all", "Nothing is allowed", []string{"1:1 error DG1702.if"}},
		{"a second list closes", "miss_access deny localhost\nhttp_access allow all", "Nothing is allowed", []string{"1:1 error DG1708"}},
		{"senders of X-Forwarded-For are nobody", "acl lb src 10.0.0.0/24\nfollow_x_forwarded_for allow lb\nhttp_access allow lb", "Nothing is allowed", []string{"2:1 error DG1708.indirect"}},
		{"values under an if are not sure", "acl x src ::1\nif 1\nacl x src ::2\nendif\nhttp_access allow x", `from: ["::1/128"]`, []string{"2:1 error DG1702.if", "5:19 error DG1703.narrow"}},
		{"tunnels that ssl_bump ends", "ssl_bump terminate all\nhttp_access allow localhost", "schemes: [https]", []string{"1:1 error DG1708"}},
		{"adaptation that is off", "icap_enable off\nmiss_access allow all\nhttp_access allow localhost", "allow localhost", nil},
		{"private destinations are not opened", "acl x dst 10.0.0.0/8\nhttp_access allow x", "aws_names: false", []string{"2:19 error DG1703.private"}},
		{"an acl of another type under a known name", "acl localhost dst ::1\nhttp_access allow localhost", "", []string{"1:15 error DG1702.kinds", "2:19 error DG1703.narrow"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := imported(tt.conf)
			sound(t, r)
			if diff := cmp.Diff(tt.problems, show(r)); diff != "" {
				t.Errorf("problems of\n%s\n(-want +got):\n%s", tt.conf, diff)
			}
			if !strings.Contains(r.Config, tt.holds) {
				t.Errorf("import of\n%s\nhas no %q:\n%s", tt.conf, tt.holds, r.Config)
			}
		})
	}
}

// TestBothLanguages: comments follow the language, and nothing else does.
func TestBothLanguages(t *testing.T) {
	const conf = "http_port 3128\nacl a src 10.0.0.0/8\nhttp_access allow a\nhttp_access deny all\n"
	bare := func(lang reason.Lang) (rows []string) {
		for l := range strings.Lines(Import(parsed(conf), lang, day).Config) {
			if !strings.HasPrefix(strings.TrimSpace(l), "#") {
				rows = append(rows, l)
			}
		}
		return rows
	}
	if diff := cmp.Diff(bare(reason.English), bare(reason.Japanese)); diff != "" {
		t.Errorf("the configuration depends on the language (-en +ja):\n%s", diff)
	}
}

// TestManyExceptions: exceptions of exceptions do not grow without end.
func TestManyExceptions(t *testing.T) {
	var b strings.Builder
	for i := range 40 {
		fmt.Fprintf(&b, "acl a%d dstdomain -n .a%d.test .b%d.test .common.test\n", i, i, i)
		fmt.Fprintf(&b, "acl s%d src 10.%d.0.0/16\n", i, i)
	}
	for i := range 40 {
		fmt.Fprintf(&b, "http_access allow s%d !a%d\n", i, i)
	}
	r := imported(b.String())
	sound(t, r)
	if len(r.Config) > 4<<20 {
		t.Errorf("the result has %d bytes", len(r.Config))
	}
}

// FuzzImport: whatever a squid.conf says, the result is sound.
func FuzzImport(f *testing.F) {
	f.Add("acl a src 10.0.0.0/8-\nhttp_access allow !a all\n")
	f.Add("acl \x00\"é: dstdomain .é # x\nacl a: src all\nhttp_access deny a: \x01\nhttp_port :1\n")
	f.Add("acl a dstdomain .inf on 1e3 ~ x_y\nhttp_access allow a\nhttp_access allow !a\n")
	f.Add("acl a dst ::ffff:1.2.3.4/120 1.2.3.4-1.2.3.9/24\nhttp_access allow a\naccess_log /\x02\"\n")
	f.Fuzz(func(t *testing.T, conf string) { sound(t, imported(conf)) })
}
