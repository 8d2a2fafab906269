package config

import (
	"os"
	"testing"
	"time"

	"net/netip"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/deguchi-project/deguchi/internal/base/diag"
)

// day is the time that tests live in.
var day = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestParseContract(t *testing.T) {
	src, err := os.ReadFile("testdata/contract.yaml")
	if err != nil {
		t.Fatal(err)
	}
	got, problems := Parse("deguchi.yaml", src, day)
	if len(problems) > 0 {
		t.Fatalf("Parse found %v", problems)
	}
	want := &Config{
		File:   "deguchi.yaml",
		Digest: got.Digest,
		Listen: []Listener{{Address: ":3128", Proxy: ProxyRequired, Trust: nets("10.0.0.0/24")}},
		Admin:  "127.0.0.1:3129",
		Clients: []Client{
			{Name: "office", From: nets("10.20.0.0/16")},
			{Name: "other-cloud", Endpoints: []string{"vpce-0a1b2c3d4e5f60718"}, Mode: Observe},
		},
		Rules: []Rule{
			{Name: "nothing that a stranger can own", Deny: true, Match: Match{Kinds: []string{"customer-content"}, Ports: https}},
			{Name: "operators use session manager", Clients: []string{"office"}, Match: Match{Job: "session-manager", Regions: []string{"ap-northeast-1"}, Ports: https}},
			{
				Name: "our buckets", Clients: []string{"office", "other-cloud"}, Ticket: "CHG-1234",
				Until: time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC),
				Match: Match{Services: []string{"s3"}, Regions: []string{"ap-northeast-1", "ap-northeast-3"}, Buckets: []string{"corp-reports", "corp-backup"}, Ports: https},
			},
			{Name: "package repositories", Match: Match{Hosts: []string{".amazonlinux.com"}, Ports: []PortRange{{80, 80}, {443, 443}}}},
		},
		Private:  Private{AWSNames: true, Networks: nets("10.9.0.0/16")},
		Upstream: []Parent{{Address: "corp-proxy.example:8080", Hosts: []string{".example.com"}}},
		Resolve:  Resolve{Timeout: 3 * time.Second, Cache: 10000},
		Limits: Limits{
			Tunnels: 50000, TunnelsPerClient: 5000, Header: 16384, HeaderTimeout: 10 * time.Second,
			ConnectTimeout: 8 * time.Second, Idle: time.Hour, Drain: 2 * time.Minute,
		},
		Log: Log{File: "-"},
		Tests: []Test{{
			From: netip.MustParseAddr("10.20.1.5"), Host: "ssm.ap-northeast-1.amazonaws.com", Port: 443,
			Scheme: "https", Verdict: "allowed", Rule: "operators use session manager",
		}},
	}
	ignore := cmp.Options{
		cmpopts.IgnoreTypes(diag.Pos{}), cmpopts.IgnoreFields(Match{}, "Values"),
		cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
		cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
	}
	if diff := cmp.Diff(want, got, ignore); diff != "" {
		t.Errorf("Parse differs (-want +got):\n%s", diff)
	}
}

var https = []PortRange{{443, 443}}

func nets(texts ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range texts {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// TestTopologies: a topology is taken for one, whichever of its keys are there
// or misspelt, and a configuration is not.
func TestTopologies(t *testing.T) {
	for src, want := range map[string]string{
		"version: 1\nvpcs: {}\n":                                               "vpcs",
		"title: office\nversion: 1\n":                                          "title",
		"version: 1\nsitez: {office: {}}\nclients: {pc: {at: office}}\n":       "clients",
		"version: 1\nclients:\ntests: [{name: t, expect: {verdict: reached}}]": "tests",
		"version: 1\ntests: [{name: t, client: pc, request: {url: x}}]":        "tests",
		"version: 1\nclients: {office: {from: [10.0.0.0/8]}}\n":                "",
		"version: 1\ntests: [{from: 10.0.0.1, host: a, verdict: allowed}]\n":   "",
		"version: 1\nsites: {}\nrules: []\n":                                   "",
	} {
		_, problems := Parse("f.yaml", []byte(src), day)
		var got string
		for _, p := range problems {
			if p.Code == "DG1008" {
				got = p.Summary.Args[0]
			}
		}
		if got != want {
			t.Errorf("of %q, the key %q is a topology's, want %q: %v", src, got, want, problems)
		}
	}
}
