package awsname

import (
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/netset"
)

// A classified name leads back to itself, and no field claims what its kind
// does not allow.
func FuzzClassify(f *testing.F) {
	for _, s := range []string{
		"ssm.ap-northeast-1.amazonaws.com", "A.B.s3-fips.dualstack.us-east-1.amazonaws.com.",
		"bucket.vpce-0a1b2c3d-xyz-us-east-1a.s3.us-east-1.vpce.amazonaws.com", "us-west-2.queue.amazonaws.com",
		"b--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com", "x.use1.cache.amazonaws.com",
		"vpce.amazonaws.com", "..amazonaws.com", "my_bucket.s3.amazonaws.com", "us-gov.amazonaws.com",
		"dualstack.us-east-1.elb.amazonaws.com", "console.aws.amazon.com", "0x7f.1", "x.cloudfront.net",
		"123456789012.dkr.ecr.us-east-1.amazonaws.com", "a.endpoints.email.global.api.aws",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h, err := netset.ParseHost(s)
		if err != nil {
			return
		}
		n := small.Classify(h)
		again, err := netset.ParseHost(n.Host)
		if !h.IsAddr() && (err != nil || small.Classify(again) != n) {
			t.Fatalf("Classify(%q) = %+v, but its own host gives %+v, %v", s, n, small.Classify(again), err)
		}
		if why := broken(n); why != "" {
			t.Fatalf("Classify(%q) = %+v: %s", s, n, why)
		}
	})
}

// broken returns what about n cannot be.
func broken(n Name) string {
	p := n.Parts
	partition, isRegion := PartitionOf(n.Region)
	switch {
	case n.Region != "" && !isRegion:
		return "a region of no partition's shape"
	case !strings.Contains(n.Host, p.Bucket), !strings.Contains(n.Host, p.Account):
		return "a part that is not in the host"
	case p.Account != "" && !isAccount(p.Account):
		return "an account that is none"
	}
	switch n.Kind {
	case NotAWS:
		if n.Partition != "" || n.Service != "" || n.Owner != Nobody || p != (Parts{}) {
			return "not AWS, and yet"
		}
	case Unknown:
		if n.Partition == "" || n.Service != "" || n.Owner != Nobody || p != (Parts{}) {
			return "unknown, and yet"
		}
	case CustomerContent:
		if n.Owner != Anyone {
			return "content of nobody's"
		}
	case API, Console, PackageRepo:
		if n.Owner != AWS {
			return "AWS's, and yet not"
		}
	case Resource, VPCE: // of anyone or of AWS, as the form has it
	}
	if n.Kind != NotAWS && n.Kind != Unknown {
		if n.Service == "" || n.Region != "" && n.Partition != partition {
			return "no service, or a region elsewhere"
		}
	}
	return ""
}

func TestBrokenFindsSomething(t *testing.T) {
	for _, n := range []Name{
		{Kind: API, Service: "s3", Owner: Anyone},
		{Kind: Unknown, Partition: "aws", Service: "s3"},
		{Kind: NotAWS, Partition: "aws"},
		{Kind: CustomerContent, Service: "elb", Owner: AWS},
		{Kind: API, Service: "s3", Owner: AWS, Region: "tokyo"},
		{Kind: API, Service: "s3", Owner: AWS, Region: "us-east-1", Partition: "aws-cn"},
		{Kind: Resource, Service: "s3", Owner: Anyone, Host: "x", Parts: Parts{Bucket: "y"}},
	} {
		if broken(n) == "" {
			t.Errorf("broken(%+v) finds nothing", n)
		}
	}
}
