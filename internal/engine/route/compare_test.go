package route

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// answer is a trace by hand, and what a test expects of exactly this one.
func answer() (Trace, topology.Expect) {
	osaka := &topology.VPC{Name: "osaka"}
	got := Trace{
		Verdict:  Reached,
		Hops:     []Hop{{Kind: ClientHop, Name: "ec2"}, {Kind: EndpointHop, Name: "osaka/s3"}, {Kind: AWSHop, Name: "s3.ap-northeast-3"}},
		Endpoint: &topology.Endpoint{Name: "s3", VPC: osaka},
		DNS:      topology.DNS{By: "client", Answer: "public"},
		Context: []Key{
			{"aws:SourceIp", "absent"}, {"aws:SourceVpce", "osaka/s3"}, {"aws:VpceOrgID", "absent"}, {"aws:VpcSourceIp", "2001:db8::5"},
		},
		Credentials: "own",
	}
	want := topology.Expect{
		Verdict: "reached", Path: []string{"client:ec2", "vpce:osaka/s3", "aws:s3.ap-northeast-3"},
		Endpoint: "osaka/s3", DNS: topology.DNS{By: "client", Answer: "public"},
	}
	return got, want
}

func TestCompare(t *testing.T) {
	tests := []struct {
		why   string
		spoil func(*Trace, *topology.Expect)
		want  []Difference
	}{
		{"as expected", func(*Trace, *topology.Expect) {}, nil},
		{"another verdict", func(got *Trace, _ *topology.Expect) { got.Verdict = NoRoute },
			[]Difference{{"verdict", "no-route", "reached"}}},
		{"a hop less", func(got *Trace, _ *topology.Expect) { got.Hops = got.Hops[:2] },
			[]Difference{{"path", "[client:ec2, vpce:osaka/s3]", "[client:ec2, vpce:osaka/s3, aws:s3.ap-northeast-3]"}}},
		{"no endpoint", func(got *Trace, _ *topology.Expect) { got.Endpoint = nil },
			[]Difference{{"endpoint", "none", "osaka/s3"}}},
		{"both halves of DNS", func(got *Trace, _ *topology.Expect) { got.DNS = topology.DNS{By: "proxy:p", Answer: "none"} },
			[]Difference{{"dns.by", "proxy:p", "client"}, {"dns.answer", "none", "public"}}},
		{"a redirect that the test does not mention", func(got *Trace, _ *topology.Expect) { got.Redirect = "s3.eu-west-1.amazonaws.com" },
			[]Difference{{"redirect", "s3.eu-west-1.amazonaws.com", ""}}},
		{"a redirect that did not happen", func(_ *Trace, want *topology.Expect) { want.Redirect = "s3.eu-west-1.amazonaws.com" },
			[]Difference{{"redirect", "", "s3.eu-west-1.amazonaws.com"}}},
		{"credentials that the test does not mention", func(got *Trace, _ *topology.Expect) { got.Credentials = "none" }, nil},
		{"credentials that it does", func(_ *Trace, want *topology.Expect) {
			want.Credentials = topology.Setting[string]{V: "proxy:p", State: topology.Written}
		}, []Difference{{"credentials", "own", "proxy:p"}}},
		{"keys: only those that the test names", func(_ *Trace, want *topology.Expect) {
			want.Context = []topology.Condition{{Key: "aws:SourceVpce", Value: "osaka/s3"}}
		}, nil},
		{"a key that is absent", func(_ *Trace, want *topology.Expect) {
			want.Context = []topology.Condition{{Key: "aws:SourceIp", Value: "absent"}, {Key: "aws:VpceOrgID", Value: "absent"}}
		}, nil},
		{"a key that no topology tells", func(_ *Trace, want *topology.Expect) {
			want.Context = []topology.Condition{{Key: "aws:UserAgent", Value: "unknown"}}
		}, nil},
		{"a key that holds something else", func(_ *Trace, want *topology.Expect) {
			want.Context = []topology.Condition{{Key: "aws:SourceIp", Value: "203.0.113.1"}, {Key: "aws:sourcevpce", Value: "unknown"}}
		}, []Difference{{"context.aws:SourceIp", "absent", "203.0.113.1"}, {"context.aws:sourcevpce", "osaka/s3", "unknown"}}},
		{"another spelling of an address", func(_ *Trace, want *topology.Expect) {
			want.Context = []topology.Condition{{Key: "aws:VpcSourceIp", Value: "2001:DB8:0:0::5"}}
		}, nil},
		{"keys where no one sees any", func(got *Trace, want *topology.Expect) {
			got.Context = nil
			want.Context = []topology.Condition{{Key: "aws:SourceIp", Value: "absent"}, {Key: "aws:SourceVpce", Value: "osaka/s3"}}
		}, []Difference{{"context.aws:SourceVpce", "absent", "osaka/s3"}}},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			got, want := answer()
			tt.spoil(&got, &want)
			if diff := cmp.Diff(tt.want, Compare(&got, &want)); diff != "" {
				t.Errorf("Compare (-want +got):\n%s", diff)
			}
		})
	}
}
