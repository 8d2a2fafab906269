package noproxy

import (
	"slices"
	"strings"
	"testing"
)

func programs(t *testing.T, ids string) []*Program {
	t.Helper()
	var all []*Program
	for id := range strings.FieldsSeq(ids) {
		p, err := Named(id)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func targets(t *testing.T, urls string) []Target {
	t.Helper()
	var all []Target
	for u := range strings.FieldsSeq(urls) {
		target, err := ParseTarget(u)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, target)
	}
	return all
}

func TestShortest(t *testing.T) {
	tests := []struct {
		why, programs, direct, proxied string
		candidates, want               string
		missed                         int
	}{
		{
			"one entry serves a program that takes x for the names below too",
			"aws-cli-v2", "https://x.example/ https://a.x.example/", "", "x.example .x.example", "x.example", 0,
		},
		{
			"each of the two is needed by one of the programs",
			"aws-cli-v2 wget2", "https://x.example/ https://a.x.example/", "", "x.example .x.example", "x.example .x.example", 0,
		},
		{
			"IPv6 in the spelling that the program reads",
			"curl", "http://[fd00:ec2::254]/", "", "fd00:ec2::254 [fd00:ec2::254]", "fd00:ec2::254", 0,
		},
		{
			"IPv6 in both, because nobody reads both",
			"curl boto3", "http://[fd00:ec2::254]/", "", "fd00:ec2::254 [fd00:ec2::254]", "fd00:ec2::254 [fd00:ec2::254]", 0,
		},
		{
			"what takes too much from the proxy is not chosen, and what it would have done is missed",
			"curl", "https://a.x.example/", "https://b.x.example/", ".x.example", "", 1,
		},
		{
			"what goes direct by itself needs no entry",
			"go", "http://localhost/ http://127.0.0.1/", "", "localhost 127.0.0.1", "", 0,
		},
		{
			"what a program never sends to a proxy cannot be wrong for it",
			"node", "https://x.example/", "https://a.x.example/", "x.example", "", 0,
		},
		{
			"a target that the measured version refuses, and a newer one takes",
			"aws-cli-v2", "http://[::1]/", "", "::1 [::1]", "[::1]", 0,
		},
		{
			"nothing helps a program that reads no such entry",
			"ruby", "http://[fd00:ec2::254]/", "", "fd00:ec2::254 [fd00:ec2::254]", "", 1,
		},
		{
			"a program that fails on a listed target is not served by the entry",
			"npm", "http://[fd00:ec2::254]/", "", "[fd00:ec2::254]", "", 1,
		},
	}
	for _, tt := range tests {
		need := Need{targets(t, tt.direct), targets(t, tt.proxied)}
		ps := programs(t, tt.programs)
		got := need.Shortest(strings.Fields(tt.candidates), ps)
		if !slices.Equal(got, strings.Fields(tt.want)) {
			t.Errorf("%s: Shortest(%s) = %q, want %q", tt.why, tt.candidates, got, tt.want)
		}
		if missed := need.Misses(strings.Join(got, ","), ps); len(missed) != tt.missed {
			t.Errorf("%s: Misses(%q) = %v, want %d", tt.why, got, missed, tt.missed)
		}
	}
}
