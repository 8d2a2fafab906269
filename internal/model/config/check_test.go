package config

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/diag"
)

// found returns the problems of src as "line:column CODE", and "warning" or
// "note" where they are no errors.
func found(src string) (out []string) {
	_, problems := Parse("f", []byte(src), day)
	for _, p := range problems {
		s := fmt.Sprintf("%d:%d %s", p.Pos.Line, p.Pos.Col, p.Code)
		if p.Severity != diag.Error {
			s += " " + p.Severity.String()
		}
		out = append(out, s)
	}
	return out
}

// one is a file with one rule.
func oneRule(verdict, match string) string {
	return "version: 1\nrules:\n- " + verdict + ": " + match + "\n"
}

func allow(match string) string { return oneRule("allow", match) }
func deny(match string) string  { return oneRule("deny", match) }

func TestMatchersThatExcludeEachOther(t *testing.T) {
	tests := map[string]struct {
		src  string
		want []string // none: it is sound
	}{
		"region of another partition":                 {allow("{services: [ssm], partitions: [aws], regions: [cn-north-1]}"), []string{"3:57 DG1302"}},
		"one region of two fits":                      {allow("{services: [ssm], partitions: [aws], regions: [cn-north-1, us-east-1]}"), nil},
		"a pattern that fits":                         {allow("{services: [ssm], partitions: [aws-us-gov], regions: [us-*]}"), nil},
		"a pattern that does not":                     {allow("{services: [ssm], partitions: [aws], regions: [us-gov-*]}"), []string{"3:57 DG1302"}},
		"a region that is not known yet":              {allow("{services: [ssm], partitions: [aws-eusc], regions: [eusc-de-west-9]}"), nil},
		"buckets of a service without":                {allow("{services: [ssm, sqs], buckets: [corp]}"), []string{"3:43 DG1302"}},
		"buckets of one of two services":              {allow("{services: [ssm, s3express], buckets: [corp]}"), nil},
		"buckets of a pattern":                        {allow("{services: [\"*\"], buckets: [corp]}"), nil},
		"buckets of names that tell none":             {allow("{kinds: [api], buckets: [corp]}"), []string{"3:35 DG1302"}},
		"a deny also holds for what is not told":      {deny("{kinds: [api], buckets: [corp]}"), nil},
		"services of what is not AWS":                 {allow("{kinds: [not-aws], services: [ssm]}"), []string{"3:40 DG1302"}},
		"and not in a deny either":                    {deny("{kinds: [not-aws], services: [ssm]}"), []string{"3:39 DG1302"}},
		"an unknown name may be of any service":       {deny("{kinds: [unknown], services: [ssm]}"), nil},
		"services of addresses":                       {allow("{hosts: [192.0.46.0/24], services: [ssm]}"), []string{"3:46 DG1302"}},
		"services of addresses and names":             {allow("{hosts: [192.0.46.0/24, .amazonaws.com], services: [ssm]}"), nil},
		"a host in another region":                    {allow("{hosts: [ssm.us-east-1.amazonaws.com], regions: [ap-northeast-1]}"), []string{"3:19 DG1302"}},
		"a host of another service":                   {allow("{hosts: [a.example, ssm.us-east-1.amazonaws.com], services: [ssm]}"), []string{"3:19 DG1302"}},
		"a host that does not tell":                   {allow("{hosts: [iam.amazonaws.com], regions: [us-west-2]}"), []string{"3:19 DG1302"}},
		"a deny of it holds":                          {deny("{hosts: [sts.amazonaws.com], regions: [us-west-2]}"), nil},
		"a host of that kind":                         {allow("{hosts: [ssm.us-east-1.amazonaws.com], kinds: [api], regions: [us-*]}"), nil},
		"http and port 443 only":                      {allow("{hosts: [a.example], schemes: [http]}"), []string{"3:41 DG1310 warning"}},
		"http, and the port says so":                  {allow("{hosts: [a.example], schemes: [http], ports: [443]}"), nil},
		"a value with a problem says nothing more":    {allow("{services: [s3], buckets: [UPPER]}"), []string{"3:37 DG1213"}},
		"nor does one that excludes another":          {allow("{services: [ssm], buckets: [a-*]}"), []string{"3:38 DG1302"}},
		"metadata among hosts":                        {allow("{hosts: [169.254.169.254]}"), []string{"3:19 DG1303"}},
		"metadata inside IPv6":                        {allow("{hosts: [\"::ffff:169.254.169.254\"]}"), []string{"3:19 DG1303"}},
		"metadata in a spelling of its own":           {allow("{hosts: [\"2852039166\"]}"), []string{"3:19 DG1215"}},
		"a deny of it is no mistake":                  {deny("{hosts: [169.254.169.254]}"), nil},
		"loopback that unsafe opens":                  {allow("{hosts: [127.0.0.0/8]}") + "unsafe: {addresses: [127.0.0.1]}\n", []string{"4:22 DG1605 warning"}},
		"metadata that unsafe does not open":          {allow("{hosts: [169.254.169.254]}") + "unsafe: {addresses: [0.0.0.0/0]}\n", []string{"3:19 DG1303", "4:22 DG1605 warning"}},
		"private addresses that private admits":       {allow("{hosts: [10.9.1.0/24]}") + "private: {networks: [10.9.0.0/16]}\n", nil},
		"a network with public addresses in it":       {allow("{hosts: [0.0.0.0/0]}"), nil},
		"a network around a special one":              {allow("{hosts: [192.0.0.0/8]}"), nil},
		"the name of this machine":                    {allow("{hosts: [localhost]}"), []string{"3:19 DG1303"}},
		"S3 by a pattern":                             {allow("{services: [\"s*\"]}"), []string{"3:22 DG1306 warning"}},
		"S3 by leaving services out":                  {allow("{regions: [us-east-1]}"), []string{"3:10 DG1306 warning"}},
		"every host":                                  {allow("{ports: [443]}"), []string{"3:10 DG1306 warning"}},
		"AWS as a whole, by kinds":                    {allow("{kinds: [api, resource]}"), []string{"3:10 DG1306 note"}},
		"kinds that S3 is not of":                     {allow("{kinds: [package-repo]}"), nil},
		"a deny that lets deeper names slip":          {deny("{hosts: [\"*.a.example\"]}"), []string{"3:18 DG1312 warning"}},
		"a deny of a label's form":                    {deny("{hosts: [\"db-*.a.example\"]}"), nil},
		"a job that needs every bucket":               {allow("{job: sam}"), []string{"3:16 DG1311 warning"}},
		"a job that needs every bucket, ours only":    {allow("{job: sam, buckets: [ours]}"), nil},
		"a job names its own hosts":                   {allow("{job: session-manager}"), nil},
		"S3 of an account":                            {allow("{services: [s3], accounts: [\"111122223333\"]}"), nil},
		"a deny of S3 lets nothing out":               {deny("{services: [s3]}"), nil},
		"a pattern of buckets, and only an account's": {allow("{services: [s3], buckets: [a-*], accounts: [\"111122223333\"]}"), nil},
		"everything below AWS":                        {allow("{hosts: [.amazonaws.com]}"), []string{"3:19 DG1307 warning"}},
		"everything below its parent":                 {allow("{hosts: [.com]}"), []string{"3:19 DG1307 warning"}},
		"everything in a region":                      {allow("{hosts: [.ap-northeast-1.amazonaws.com]}"), []string{"3:19 DG1307 warning"}},
		"everything below one service":                {allow("{hosts: [.sqs.ap-northeast-1.amazonaws.com]}"), nil},
		"below AWS, of one service":                   {allow("{hosts: [.amazonaws.com], services: [ssm]}"), nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, found(tt.src)); diff != "" {
				t.Errorf("problems of\n%s(-want +got):\n%s", tt.src, diff)
			}
		})
	}
}

// TestRulesThatOpenTooMuch: what would hold for everybody, or for nobody who is
// meant, is no configuration at all.
func TestRulesThatOpenTooMuch(t *testing.T) {
	tests := map[string]struct {
		src  string
		want []string
	}{
		"an allow that asks for nothing":  {allow("{}"), []string{"3:10 DG1105"}},
		"a deny that asks for nothing":    {deny("{}"), []string{"3:9 DG1105"}},
		"an allow that is empty":          {allow(""), []string{"3:3 DG1105"}},
		"an allow of no value":            {allow("{buckets: []}"), []string{"3:20 DG1105"}},
		"neither allow nor deny":          {"version: 1\nrules:\n- name: a\n", []string{"3:3 DG1106"}},
		"both allow and deny":             {"version: 1\nrules:\n- allow: {kinds: [package-repo]}\n  deny: {kinds: [api]}\n", []string{"4:3 DG1106"}},
		"both, the other way round":       {"version: 1\nrules:\n- deny: {kinds: [api]}\n  allow: {kinds: [package-repo]}\n", []string{"4:3 DG1106"}},
		"a client that is not there":      {"version: 1\nclients: {office: {from: [10.0.0.0/8]}}\nrules:\n- clients: [ofice]\n  allow: {kinds: [package-repo]}\n", []string{"4:13 DG1301"}},
		"no client in the list":           {"version: 1\nclients: {office: {from: [10.0.0.0/8]}}\nrules:\n- clients: []\n  allow: {kinds: [package-repo]}\n", []string{"4:12 DG1105"}},
		"a client of a file without any":  {"version: 1\nrules:\n- clients: [office]\n  allow: {kinds: [package-repo]}\n", []string{"3:13 DG1301"}},
		"its only client":                 {"version: 1\nrules:\n- clients: [loopback]\n  allow: {kinds: [package-repo]}\n", nil},
		"unsafe metadata":                 {"version: 1\nunsafe: {addresses: [169.254.169.254]}\n", []string{"2:22 DG1606"}},
		"unsafe metadata of IPv6":         {"version: 1\nunsafe: {addresses: [\"fd00:ec2::254\"]}\n", []string{"2:22 DG1606"}},
		"unsafe link-local addresses":     {"version: 1\nunsafe: {addresses: [169.254.0.0/16, 127.0.0.1]}\n", []string{"2:22 DG1606", "2:38 DG1605 warning"}},
		"a port that is none":             {allow("{hosts: [a.example], ports: [0]}"), []string{"3:39 DG1204"}},
		"a range of ports, turned round":  {allow("{hosts: [a.example], ports: [444-443]}"), []string{"3:39 DG1204"}},
		"a host that is a URL":            {allow("{hosts: [\"https://a.example\"]}"), []string{"3:19 DG1215"}},
		"a network with host bits set":    {allow("{hosts: [192.0.46.1/24]}"), []string{"3:19 DG1203"}},
		"an account that is none":         {allow("{accounts: [\"12345\"]}"), []string{"3:22 DG1214"}},
		"a word that is close to a kind":  {allow("{kinds: [apis]}"), []string{"3:19 DG1201"}},
		"a service that nobody has":       {deny("{services: [s4]}"), []string{"3:21 DG1210"}},
		"a PROXY header of who is no one": {"version: 1\nlisten: [{address: \":1\", proxy_protocol: optional}]\nclients: {a: {from: [10.0.0.0/8]}}\n", []string{"2:42 DG1102"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, found(tt.src)); diff != "" {
				t.Errorf("problems of\n%s(-want +got):\n%s", tt.src, diff)
			}
		})
	}
}

// TestNoClientsAreThisMachine: a file that names no clients lets nobody else in.
func TestNoClientsAreThisMachine(t *testing.T) {
	cfg, problems := Parse("f", []byte("version: 1\nmode: observe\n"), day)
	if cfg == nil {
		t.Fatalf("Parse found %v", problems)
	}
	want := []Client{{Name: Loopback, From: nets("127.0.0.0/8", "::1/128"), Mode: Observe}}
	if diff := cmp.Diff(want, cfg.Clients, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Errorf("clients (-want +got):\n%s", diff)
	}
}

func TestClientsThatAreNeverReached(t *testing.T) {
	listen := "version: 1\nlisten: [{address: \"127.0.0.1:1\", proxy_protocol: required, trust: [10.0.0.0/24]}]\nclients:\n"
	tests := map[string]struct {
		clients string
		want    []string
	}{
		"the narrower one first":                    {"  a: {from: [10.1.0.0/16]}\n  b: {from: [10.0.0.0/8]}\n", nil},
		"the wider one first":                       {"  a: {from: [10.0.0.0/8]}\n  b: {from: [10.1.0.0/16]}\n", []string{"5:3 DG1308 warning"}},
		"the same twice":                            {"  a: {from: [10.0.0.0/8]}\n  b: {from: [10.0.0.0/8]}\n", []string{"5:3 DG1308 warning"}},
		"only a part":                               {"  a: {from: [10.0.0.0/8]}\n  b: {from: [10.1.0.0/16, 192.168.0.0/16]}\n", nil},
		"by two entries":                            {"  a: {from: [10.1.0.0/16]}\n  b: {from: [10.2.0.0/16]}\n  c: {from: [10.1.0.0/16, 10.2.0.0/16]}\n", []string{"6:3 DG1308 warning"}},
		"IPv4 does not cover IPv6":                  {"  a: {from: [0.0.0.0/0]}\n  b: {from: [\"fd00::/8\"]}\n", nil},
		"an endpoint is not its address":            {"  a: {from: [0.0.0.0/0]}\n  b: {endpoints: [vpce-0a1b2c3d4e5f60718]}\n", nil},
		"the same endpoint":                         {"  a: {endpoints: [vpce-0a1b2c3d4e5f60718]}\n  b: {endpoints: [vpce-0a1b2c3d4e5f60718], from: [10.0.0.0/8]}\n", []string{"5:3 DG1308 warning"}},
		"the same endpoint from some addresses":     {"  a: {endpoints: [vpce-0a1b2c3d4e5f60718], from: [10.0.0.0/8]}\n  b: {endpoints: [vpce-0a1b2c3d4e5f60718]}\n", nil},
		"the same endpoint from narrower addresses": {"  a: {endpoints: [vpce-0a1b2c3d4e5f60718], from: [10.0.0.0/8]}\n  b: {endpoints: [vpce-0a1b2c3d4e5f60718], from: [10.1.0.0/16]}\n", []string{"5:3 DG1308 warning"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, found(listen+tt.clients)); diff != "" {
				t.Errorf("problems of\n%s(-want +got):\n%s", tt.clients, diff)
			}
		})
	}
}

func TestUntil(t *testing.T) {
	tests := map[string]struct {
		until string
		want  []string
	}{
		"yesterday":                 {"2026-11-21", []string{"4:10 DG1304 warning"}},
		"today still matches":       {"2026-11-22", nil},
		"tomorrow":                  {"2026-11-23", nil},
		"a day that does not exist": {"2026-02-30", []string{"4:10 DG1209"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			src := "version: 1\nrules:\n- deny: {kinds: [unknown]}\n  until: " + tt.until + "\n"
			if diff := cmp.Diff(tt.want, found(src)); diff != "" {
				t.Errorf("problems with until: %s (-want +got):\n%s", tt.until, diff)
			}
		})
	}
}

// TestTenThousandRules: a large file is read with each of its problems, and
// none besides.
func TestTenThousandRules(t *testing.T) {
	var b strings.Builder
	b.WriteString("version: 1\nclients: {office: {from: [10.20.0.0/16]}}\nrules:\n")
	for i := range 10_000 {
		client := "office"
		if i%100 == 7 {
			client = "offcie"
		}
		fmt.Fprintf(&b, "- name: rule number %d\n  clients: [%s]\n  allow: {services: [s3], regions: [ap-northeast-1], buckets: [corp-%d]}\n", i, client, i)
	}
	_, problems := Parse("f", []byte(b.String()), day)
	for _, p := range problems {
		if p.Code != "DG1301" {
			t.Fatalf("Parse found %+v, want unknown clients only", p)
		}
	}
	if len(problems) != 100 {
		t.Errorf("Parse found %d problems, want 100", len(problems))
	}
}

// FuzzParse: no file panics, and a file without errors gives a configuration
// in which nothing is missing.
func FuzzParse(f *testing.F) {
	f.Add(DefaultSource())
	f.Add([]byte(allow("{services: [\"s*\"], buckets: [a], hosts: [\".x\", \"::/0\", 10.0.0.0/8], ports: [1-2]}")))
	f.Add([]byte("version: 1\nclients: {a: {endpoints: [vpce-00000000], from: [1.1.1.1]}}\ntests: [{host: a, verdict: denied, from: \"::1\"}]\n"))
	f.Add([]byte("version: 1\nupstream: [{proxy: \"http://u:p@h:1\", hosts: [a]}]\nlimits: {header: 2MiB, idle: 1h}\nresolve: {servers: [1.1.1.1, \"[::1]:53\"]}\n"))
	f.Add([]byte("version: 1\nrules: [{allow: &anchor {kinds: [api]}}]\n"))
	f.Add([]byte("version: 1\nrules: [{allow: {[]}}, {deny: {kinds: [!tag api]}}]\nclients: {a: *b}\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		c, problems := Parse("f", src, day)
		worst, any := diag.Worst(problems)
		if sound := !any || worst != diag.Error; sound != (c != nil) {
			t.Fatalf("Parse(%q) = %v with %v", src, c, problems)
		}
		if c == nil {
			return
		}
		if len(c.Listen) == 0 || len(c.Clients) == 0 || c.Limits.Tunnels < 1 || len(c.Digest) != 12 {
			t.Fatalf("Parse(%q) = %+v, which lacks something", src, c)
		}
		for _, r := range c.Rules {
			if r.Name == "" || len(r.Match.Ports) == 0 || r.Pos.Line < 1 {
				t.Fatalf("Parse(%q) has rule %+v", src, r)
			}
		}
	})
}
