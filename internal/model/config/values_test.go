package config

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// TestValues: how each sort of value may be written, and what is said where it
// may not. A line begins with the key; the file around it is made by fileWith.
func TestValues(t *testing.T) {
	tests := []struct {
		line string
		want string // code and hint; empty: it is sound
	}{
		{`admin: 127.0.0.1:3129`, ""},
		{`admin: "[::1]:3129"`, ""},
		{`admin: ":3129"`, ""},
		{`admin: localhost:3129`, ""},
		{`admin: 3129`, `DG1202 write ":3129"`},
		{`admin: 127.0.0.1`, `DG1202 write "127.0.0.1:3128"`},
		{`admin: "::1:3129"`, "DG1202 write \"[::1:3129]:3128\""},
		{`admin: 127.0.0.1:65536`, "DG1202"},
		{`admin: 127.0.0.1:03129`, "DG1202"},
		{`admin: 127.1:3129`, "DG1202"},
		{`admin: http://127.0.0.1:3129`, "DG1202"},
		{`from: 10.0.0.0/8`, ""},
		{`from: 10.0.0.1`, ""},
		{`from: "fd00::/8"`, ""},
		{`from: "::ffff:10.0.0.0/104"`, ""},
		{`from: 10.0.0.1/8`, "DG1203 write 10.0.0.0/8"},
		{`from: 10.0.0.0/33`, "DG1203 write an address and its prefix length, such as 10.20.0.0/16"},
		{`from: 10.0.0`, "DG1203 write an address and its prefix length, such as 10.20.0.0/16"},
		{`from: "fe80::1%eth0"`, "DG1203 write an address and its prefix length, such as 10.20.0.0/16"},
		{`from: office.example`, "DG1203 write an address and its prefix length, such as 10.20.0.0/16"},
		{`endpoints: vpce-0a1b2c3d`, ""},
		{`endpoints: vpce-0a1b2c3d4e5f60718`, ""},
		{`endpoints: vpce-0a1b2c3`, "DG1208"},
		{`endpoints: vpce-0A1B2C3D`, "DG1208"},
		{`services: api.ecr`, ""},
		{`services: "ec2*"`, ""},
		{`services: S3`, `DG1210 did you mean "s3"?`},
		{`services: Amazon S3`, `DG1210 did you mean "s3"?`},
		{`services: CloudWatch Logs`, `DG1210 did you mean "logs"?`},
		{`services: dynamo-db`, `DG1210 did you mean "dynamodb"?`},
		{`services: "x*"`, ""},
		{`services: "zz*"`, "DG1210"},
		{`services: 3`, `DG1104 write "3", in quotes`},
		{`regions: ap-northeast-1`, ""},
		{`regions: me-west-9`, ""},
		{`regions: us-gov-west-1`, ""},
		{`regions: "ap-*"`, ""},
		{`regions: AP-NORTHEAST-1`, `DG1212 did you mean "ap-northeast-1"?`},
		{`regions: ap-northeast-1c`, `DG1212 did you mean "ap-northeast-1"?`},
		{`regions: ap_northeast_1`, `DG1212 did you mean "ap-northeast-1"?`},
		{`regions: tokyo`, "DG1212 write it as in ap-northeast-1; * stands for any characters"},
		{`regions: "tokyo*"`, "DG1212 write it as in ap-northeast-1; * stands for any characters"},
		{`buckets: corp.reports-1`, ""},
		{`buckets: my-ap-1234567890abcdefghij-s3alias`, ""},
		{`buckets: corp--apne1-az1--x-s3`, ""},
		{`buckets: Corp`, "DG1213 host names tell no upper case: write it in small letters"},
		{`buckets: "arn:aws:s3:::corp"`, "DG1213 write the name alone, without arn:"},
		{`buckets: s3://corp`, "DG1213 write the name alone, without s3://"},
		{`buckets: ab`, "DG1213"},
		{`buckets: 192.0.2.1`, "DG1213"},
		{`buckets: a..b`, "DG1213"},
		{`buckets: xn--corp`, "DG1213"},
		{`accounts: 012345678901`, ""},
		{`accounts: "1234*"`, ""},
		{`accounts: 12345678901`, "DG1214"},
		{`accounts: "1234-5678-9012"`, "DG1214"},
		{`hosts: repo.example.com`, ""},
		{`hosts: REPO.example.com.`, ""},
		{`hosts: .example.com`, ""},
		{`hosts: "*.example.com"`, ""},
		{`hosts: 198.18.0.0/15`, "DG1303"},
		{`hosts: 192.0.46.8`, ""},
		{`hosts: "2606:4700::/32"`, ""},
		{`hosts: 192.0.46.8/24`, "DG1203 write 192.0.46.0/24"},
		{`hosts: https://repo.example.com`, "DG1215 write the name alone, without scheme and path"},
		{`hosts: repo.example.com:443`, "DG1215 write the name alone, and the port in ports"},
		{`hosts: repo.example.com/x`, "DG1215"},
		{`hosts: 出口.example`, "DG1215 write names in ASCII; international ones begin with xn--"},
		{`hosts: "0x7f.1"`, "DG1215 write 127.0.0.1"},
		{`hosts: "10.20.*"`, "DG1215 * stands for letters of names; write a network such as 10.20.0.0/16"},
		{`hosts: "[::1]"`, "DG1215 write ::1"},
		{`hosts: a..b`, "DG1215"},
		{`ports: 443`, ""},
		{`ports: "443"`, ""},
		{`ports: 8000-8100`, ""},
		{`ports: "*"`, ""},
		{`ports: 0`, "DG1204"},
		{`ports: 65536`, "DG1204"},
		{`ports: 80-`, "DG1204"},
		{`ports: 8100-8000`, `DG1204 write "8000-8100"`},
		{`ports: https`, "DG1204"},
		{`idle: 1h30m`, ""},
		{`idle: 1.5h`, ""},
		{`idle: 0`, "DG1205 it must be at least 1ms"},
		{`idle: 60`, "DG1205 write 60s"},
		{`idle: -1s`, "DG1205 it must be at least 1ms"},
		{`idle: 1d`, "DG1205 write a number with its unit, such as 500ms, 10s, 5m or 1h30m"},
		{`idle: 9999999999h`, "DG1205"},
		{`lifetime: 0`, ""},
		{`lifetime: 0s`, ""},
		{`header: 16KiB`, ""},
		{`header: 8192`, ""},
		{`header: 1MiB`, ""},
		{`header: 16KB`, "DG1206"},
		{`header: 16 KiB`, "DG1206"},
		{`header: 100`, "DG1207"},
		{`header: 2MiB`, "DG1207"},
		{`proxy: http://proxy.example:8080`, ""},
		{`proxy: http://user:p%40ss@proxy.example:8080/`, ""},
		{`proxy: "http://[fd00::1]:8080"`, ""},
		{`proxy: https://proxy.example:8080`, "DG1216 write http://host:port; the tunnel inside is encrypted all the same"},
		{`proxy: proxy.example:8080`, "DG1216 write http://host:port"},
		{`proxy: http://proxy.example`, "DG1216 add the port, such as http://proxy.example:8080"},
		{`proxy: http://proxy.example:8080/path`, "DG1216 write http://host:port, and nothing after it"},
		{`proxy: http://proxy.example:0`, "DG1216 write http://host:port"},
		{`servers: 10.0.0.2`, ""},
		{`servers: 10.0.0.2:5353`, ""},
		{`servers: "[fd00::2]:53"`, ""},
		{`servers: dns.example`, "DG1202 write an IP address, or address:port such as 10.0.0.2:53"},
		{`name: 自社のバケット`, ""},
		{`name: "x "`, "DG1217"},
		{`name: ` + strings.Repeat("x", 101), "DG1217"},
		{`name: "a\nb"`, "DG1217"},
	}
	for _, tt := range tests {
		t.Run(tt.line, func(t *testing.T) {
			_, problems := Parse("f", []byte(fileWith(tt.line)), day)
			if tt.want == "" && len(problems) == 0 {
				return
			}
			if len(problems) != 1 {
				t.Fatalf("%s has problems %v, want %q", tt.line, problems, tt.want)
			}
			p := problems[0]
			got := p.Code + " " + p.Hint.In(reason.English)
			if !strings.HasPrefix(strings.TrimSpace(got), tt.want) || tt.want == "" || p.Severity != diag.Error {
				t.Errorf("%s is %q, want %q", tt.line, got, tt.want)
			}
		})
	}
}

// fileWith returns a file in which line stands where its key belongs.
func fileWith(line string) string {
	const head = "version: 1\n"
	key, value, _ := strings.Cut(line, ": ")
	switch key {
	case "admin":
		return head + line
	case "from":
		return head + "clients: {a: {from: [" + value + "]}}"
	case "endpoints":
		return head + "listen: [{address: \"127.0.0.1:1\", proxy_protocol: optional, trust: [10.0.0.1]}]\nclients: {a: {endpoints: [" + value + "]}}"
	case "hosts":
		return head + "rules: [{allow: {hosts: [" + value + "]}}]"
	case "services", "regions", "accounts", "ports":
		return head + "rules: [{deny: {" + key + ": [" + value + "]}}]"
	case "buckets":
		return head + "rules: [{allow: {buckets: [" + value + "]}}]"
	case "idle", "lifetime", "header":
		return head + "limits: {" + line + "}"
	case "proxy":
		return head + "upstream:\n- " + line
	case "servers":
		return head + "resolve: {servers: [" + value + "]}"
	}
	return head + "rules:\n- {" + line + ", deny: {kinds: [unknown]}}"
}

// TestParsedValues: what sound values come to.
func TestParsedValues(t *testing.T) {
	c, problems := Parse("f", []byte(`version: 1
listen: [{address: "[::]:3128"}]
clients: {a: {from: [10.0.0.1, "::ffff:10.1.0.0/112"]}}
mode: observe
rules:
- allow: {hosts: [REPO.example., 192.0.46.8, .a.example], ports: ["*", 80, "8000-8100"], accounts: [012345678901]}
upstream: [{proxy: "http://user:p%40ss@proxy.example:8080"}]
resolve: {servers: [10.0.0.2, "[fd00::2]:5353"], timeout: 1.5s, cache: 0}
limits: {header: 2KiB}
tls: {sni: match-if-present}
log: {format: squid, open: true}
private: {aws_names: false}
tests: [{endpoint: vpce-0a1b2c3d, host: a, port: 80, scheme: http, verdict: would-deny, reason: no-rule}]
`), day)
	if c == nil {
		t.Fatalf("Parse found %v", problems)
	}
	r := c.Rules[0]
	got := []any{
		c.Listen[0].Address, c.Clients[0].From, c.Clients[0].Mode, r.Name, r.Match.Hosts, r.Match.Networks, r.Match.Ports,
		r.Match.Accounts, c.Upstream[0].Address, c.Upstream[0].UserInfo, c.Resolve, c.Limits.Header, c.SNI, c.Log, c.Private.AWSNames,
		c.Tests[0].Scheme, c.Tests[0].Port, c.Tests[0].Reason,
	}
	want := []any{
		"[::]:3128", nets("10.0.0.1/32", "10.1.0.0/16"), Observe, "rule 1", []string{"repo.example", ".a.example"}, nets("192.0.46.8/32"),
		[]PortRange{{1, 65535}, {80, 80}, {8000, 8100}},
		[]string{"012345678901"}, "proxy.example:8080", "user:p@ss",
		Resolve{Servers: []string{"10.0.0.2:53", "[fd00::2]:5353"}, Timeout: 1500 * time.Millisecond}, 2048, SNIMatchIfPresent,
		Log{File: "-", Format: LogSquid, Open: true}, false, "http", uint16(80), "no-rule",
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Errorf("Parse (-want +got):\n%s", diff)
	}
	wantValues := []Value{
		{"accounts", "012345678901", diag.Pos{File: "f", Line: 6, Col: 101}, 12},
		{"hosts", "repo.example", diag.Pos{File: "f", Line: 6, Col: 19}, 13},
		{"hosts", "192.0.46.8", diag.Pos{File: "f", Line: 6, Col: 34}, 10},
		{"hosts", ".a.example", diag.Pos{File: "f", Line: 6, Col: 46}, 10},
		{"ports", "*", diag.Pos{File: "f", Line: 6, Col: 67}, 3},
		{"ports", "80", diag.Pos{File: "f", Line: 6, Col: 72}, 2},
		{"ports", "8000-8100", diag.Pos{File: "f", Line: 6, Col: 76}, 11},
	}
	if diff := cmp.Diff(wantValues, r.Match.Values); diff != "" {
		t.Errorf("Values (-want +got):\n%s", diff)
	}
}

// TestListeners: what ports say about each other and about clients.
func TestListeners(t *testing.T) {
	const clients = "clients: {a: {from: [10.0.0.0/8]}}\n"
	tests := map[string]struct {
		src  string
		want []string
	}{
		"two ports":                           {clients + "listen: [{address: \":3128\"}, {address: \":3130\"}]\n", nil},
		"the same port twice":                 {clients + "listen: [{address: \":3128\"}, {address: \":3128\"}]\n", []string{"3:40 DG1107"}},
		"a port that all addresses have":      {clients + "listen: [{address: \":3128\"}, {address: \"127.0.0.1:3128\"}]\n", []string{"3:40 DG1107"}},
		"the same port of another address":    {clients + "listen: [{address: \"127.0.0.2:3128\"}, {address: \"127.0.0.1:3128\"}]\n", nil},
		"any free port, twice":                {clients + "listen: [{address: \"127.0.0.1:0\"}, {address: \"127.0.0.1:0\"}]\n", nil},
		"admin on the proxy's port":           {clients + "listen: [{address: \":3128\"}]\nadmin: 127.0.0.1:3128\n", []string{"4:8 DG1107"}},
		"trust that nothing reads":            {clients + "listen: [{address: \":3128\", trust: [10.0.0.1]}]\n", []string{"3:36 DG1601 warning"}},
		"trust missing":                       {clients + "listen: [{address: \":3128\", proxy_protocol: optional}]\n", []string{"3:45 DG1102"}},
		"a misspelt trust is not missed":      {clients + "listen: [{address: \":3128\", proxy_protocol: optional, turst: [10.0.0.1]}]\n", []string{"3:55 DG1103"}},
		"trust in all of IPv6":                {clients + "listen: [{address: \":3128\", proxy_protocol: optional, trust: [\"::/0\"]}]\n", []string{"3:63 DG1602 warning"}},
		"others may connect, nobody may ask":  {"listen: [{address: \"0.0.0.0:3128\"}]\n", []string{"2:20 DG1603 warning"}},
		"only this machine connects and asks": {"listen: [{address: \"localhost:3128\"}, {address: \"[::1]:3128\"}]\n", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, found("version: 1\n"+tt.src)); diff != "" {
				t.Errorf("problems of\n%s(-want +got):\n%s", tt.src, diff)
			}
		})
	}
}
