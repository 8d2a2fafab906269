package kit_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/engine/kit/kittest"
)

// beside is which endpoints stand beside the proxies.
type beside struct{ Gateways, Own, Others []string }

// TestEndpoints: with a way out there are none but what is asked for; without,
// there are those that instances and rules need.
func TestEndpoints(t *testing.T) {
	instances := []string{"autoscaling", "logs", "ssm", "ssmmessages"}
	rules := func(services string) string {
		return strings.Replace(kittest.Closed, "services: [kms, sts]", "services: ["+services+"]", 1)
	}
	open, _ := kittest.WithExit(kittest.Closed, "internet")
	cases := map[string]struct {
		src  string
		want beside
	}{
		"open: none":                            {open, beside{}},
		"open: what is asked for":               {kittest.NAT, beside{Others: []string{"kms"}}},
		"closed: instances, then rules":         {kittest.Closed, beside{[]string{"s3"}, instances, []string{"kms", "sts"}}},
		"closed: those that are there are left": {kittest.There, beside{[]string{"s3"}, []string{"autoscaling", "logs"}, nil}},
		"closed: names of hosts are translated": {rules("api.ecr, ecr, monitoring"), beside{[]string{"s3"}, instances, []string{"ecr.api", "ecr.dkr", "monitoring"}}},
		"closed: DynamoDB has a gateway":        {rules("dynamodb"), beside{[]string{"dynamodb", "s3"}, instances, nil}},
		"closed: a pattern means all of them":   {rules(`"secretsman*"`), beside{[]string{"s3"}, instances, []string{"secretsmanager"}}},
	}
	for why, c := range cases {
		t.Run(why, func(t *testing.T) {
			p := kittest.Plan(t, c.src)
			if diff := cmp.Diff(c.want, beside{p.Gateways, p.Own, p.Others}); diff != "" {
				t.Errorf("endpoints (-want +got):\n%s", diff)
			}
		})
	}
}
