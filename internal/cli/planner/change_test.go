package planner

import (
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/engine/survey"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

const network = `version: 1
vpcs:
  app:
    region: ap-northeast-1
    cidr: 10.1.0.0/16
    igw: true
    subnets:
      public: {cidr: 10.1.0.0/24, routes: {internet: igw}}
    endpoints:
      s3: {gateway: s3, subnets: [public]}
clients:
  ec2: {at: app/public, public_ip: 203.0.113.1}
buckets:
  data: {region: ap-northeast-1, policy: [{Effect: Deny, Principal: "*", Action: "s3:*", Condition: {StringEquals: {aws:SourceVpce: app/s3}}}]}
`

// A route that moved says what led it its new way; one that only reaches now, or
// no longer, says what policy made the difference.
func TestChangeSaysWhatMadeIt(t *testing.T) {
	tests := map[string]struct{ change, want string }{
		"another way":      {"vpcs: {app: {endpoints: {s3: {subnets: []}}}}", "internet to igw"},
		"the same way":     {"buckets: {data: {policy: null}}", "no statement denies it"},
		"reaches no more":  {"vpcs: {app: {igw: null, subnets: {public: {routes: null}}, endpoints: {s3: null}}}", "no route"},
		"another endpoint": {"vpcs: {app: {endpoints: {s3: null, other: {gateway: s3, subnets: [public]}}}}", "app/other"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			before, problems := topology.Parse("a.yaml", []byte(network), topology.Options{})
			if before == nil {
				t.Fatal(problems)
			}
			change, _ := topology.ReadChange("change", []byte(tt.change))
			after, problems := before.Apply(change)
			if after == nil {
				t.Fatal(problems)
			}
			all := survey.Diff(route.New(before, route.Options{}), route.New(after, route.Options{}), nil)
			found := 0
			for _, c := range changesOf(all, reason.English) {
				if !strings.HasPrefix(c.URL, "https://data.") {
					continue
				}
				if found++; !strings.Contains(c.New.Because, tt.want) {
					t.Errorf("%s: %q, want %q in it", c.URL, c.New.Because, tt.want)
				}
			}
			if found == 0 {
				t.Errorf("no change of the bucket among %d", len(all))
			}
		})
	}
}
