package awsname

import (
	"errors"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/netset"
)

// small is a catalogue with one of everything.
var small = New(Tables{
	Regions: []Region{
		{"us-east-1", "aws"}, {"us-west-2", "aws"}, {"ap-northeast-1", "aws"},
		{"us-gov-west-1", "aws-us-gov"}, {"cn-north-1", "aws-cn"}, {"eusc-de-east-1", "aws-eusc"},
	},
	Prefixes: []Prefix{
		{Prefix: "ssm", Service: "ssm", Kind: API, Places: []string{"*", "*/dual"}},
		{Prefix: "api.ecr", Service: "api.ecr", Kind: API, Places: []string{"*"}},
		{Prefix: "fips.batch", Service: "batch", Kind: API, Places: []string{"aws"}},
		{Prefix: "s3", Service: "s3", Kind: API, Places: []string{"*"}},
		{Prefix: "s3-outposts", Service: "s3-outposts", Kind: API, Places: []string{"*", "*/dual"}},
		{Prefix: "data.iot", Service: "data.iot", Kind: API, Places: []string{"*"}},
		{Prefix: "packages", Service: "amazon-linux-repo", Kind: PackageRepo, Places: []string{"aws"}},
		{Prefix: "ecs-a", Service: "ecs-agent", Kind: API, Places: []string{"aws"}, Numbered: true},
		{Prefix: "queue", Service: "sqs", Kind: API, Places: []string{"*"}, First: true},
	},
	Hosts:   []FixedHost{{Host: "iam.amazonaws.com", Service: "iam", Kind: API, Partition: "aws"}},
	Buckets: []Bucket{{"aws-ssm-us-east-1", "aws", "ssm"}, {"aws-ssm-cn-north-1", "aws-cn", "ssm"}},
})

// brief is the fields of a name that its form decides, in one text.
func brief(n Name) string {
	fields := []string{n.Kind.String(), n.Owner.String(), n.Partition, n.Region, n.Service, n.Variant.String()}
	for _, part := range []struct{ label, id string }{
		{"bucket", n.Parts.Bucket}, {"account", n.Parts.Account}, {n.Parts.Label, n.Parts.ID},
	} {
		if part.id != "" {
			fields = append(fields, part.label+"="+part.id)
		}
	}
	return strings.Join(fields, " ")
}

func TestClassify(t *testing.T) {
	tests := []struct{ why, host, want string }{
		{"an endpoint", "ssm.ap-northeast-1.amazonaws.com", "api aws aws ap-northeast-1 ssm default"},
		{"a suffix that says dual-stack", "ssm.us-east-1.api.aws", "api aws aws us-east-1 ssm dualstack"},
		{"GovCloud shares the suffix", "ssm.us-gov-west-1.amazonaws.com", "api aws aws-us-gov us-gov-west-1 ssm default"},
		{"a region that is new", "ssm.ap-northeast-99.amazonaws.com", "api aws aws ap-northeast-99 ssm default"},
		{"a pseudo region is none", "ssm.aws-global.amazonaws.com", "api aws aws  ssm default"},
		{"a pseudo region under another's suffix", "ssm.aws-cn-global.amazonaws.com", "unknown  aws   default"},
		{"FIPS in front", "fips.batch.us-east-1.amazonaws.com", "api aws aws us-east-1 batch fips"},
		{"numbered", "ecs-a-12.us-east-1.amazonaws.com", "api aws aws us-east-1 ecs-agent default"},
		{"numbered where nothing is", "ssm-12.us-east-1.amazonaws.com", "unknown  aws us-east-1  default"},
		{"region in front", "us-west-2.queue.amazonaws.com", "api aws aws us-west-2 sqs default"},
		{"region in front of what has none there", "us-west-2.ssm.amazonaws.com", "unknown  aws us-west-2  default"},
		{"a whole name", "iam.amazonaws.com", "api aws aws  iam default"},
		{"a prefix elsewhere than it stands", "api.ecr.us-east-1.api.aws", "unknown  aws us-east-1  dualstack"},
		{"a zone is no region", "ssm.us-east-1a.amazonaws.com", "unknown  aws   default"},
		{"a region under the wrong suffix", "ssm.cn-north-1.amazonaws.com", "unknown  aws cn-north-1  default"},
		{"the other way round", "ssm.us-east-1.amazonaws.com.cn", "unknown  aws-cn us-east-1  default"},
		{"a label too many", "ssm.ap-northeast-1.extra.amazonaws.com", "unknown  aws ap-northeast-1  default"},
		{"a label in front", "x.ssm.ap-northeast-1.amazonaws.com", "unknown  aws ap-northeast-1  default"},
		{"the suffix alone", "amazonaws.com.cn", "unknown  aws-cn   default"},
		{"not on a label boundary", "xamazonaws.com", "not-aws     default"},
		{"the suffix in the middle", "ssm.us-east-1.amazonaws.com.evil.example", "not-aws     default"},
		{"names inside a VPC", "ip-10-0-0-5.ap-northeast-1.compute.internal", "not-aws     default"},
		{"an address", "169.254.169.254", "not-aws     default"},

		{"account in front", "123456789012.dkr.ecr.us-east-1.amazonaws.com", "resource anyone aws us-east-1 ecr default account=123456789012"},
		{"FIPS registry", "123456789012.dkr.ecr-fips.us-east-1.amazonaws.com", "resource anyone aws us-east-1 ecr fips account=123456789012"},
		{"registry under on.aws", "123456789012.dkr-ecr.us-east-1.on.aws", "resource anyone aws us-east-1 ecr dualstack account=123456789012"},
		{"registry's name under the wrong suffix", "123456789012.dkr-ecr.us-east-1.amazonaws.com", "unknown  aws us-east-1  default"},
		{"and the other way round", "123456789012.dkr.ecr.us-east-1.on.aws", "unknown  aws us-east-1  dualstack"},
		{"thirteen digits", "1234567890123.dkr.ecr.us-east-1.amazonaws.com", "unknown  aws us-east-1  default"},
		{"account's table", "123456789012.ddb.us-east-1.api.aws", "resource anyone aws us-east-1 dynamodb dualstack account=123456789012"},
		{"domain and account", "d-1-123456789012.d.codeartifact.us-east-1.amazonaws.com", "resource anyone aws us-east-1 codeartifact default account=123456789012 domain=d-1"},
		{"device endpoint", "a1b2c3-ats.iot.us-east-1.amazonaws.com", "resource anyone aws us-east-1 iot-data default endpoint=a1b2c3-ats"},
		{"API that looks like one", "data.iot.us-east-1.amazonaws.com", "api aws aws us-east-1 data.iot default"},
		{"device credentials", "a1b2c3.credentials.iot.us-east-1.amazonaws.com", "resource aws aws us-east-1 iot-credentials default endpoint=a1b2c3"},
		{"global endpoint of SES", "ab.cd.endpoints.email.global.api.aws", "resource anyone aws  email dualstack endpoint_id=ab.cd"},
		{"key-value store", "123456789012.cloudfront-kvs.global.api.aws", "resource anyone aws  cloudfront-keyvaluestore dualstack account=123456789012"},

		{"package CNAME", "packages.us-east-1.amazonaws.com", "package-repo aws aws us-east-1 amazon-linux-repo default bucket=packages.us-east-1.amazonaws.com"},
		{"packages elsewhere", "cdn.amazonlinux.com", "package-repo aws aws  aws-downloads default"},
		{"AWS's own oddities", "cli.cdk.dev-tools.aws.dev", "unknown  aws   default"},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			if got := brief(classify(t, tt.host)); got != tt.want {
				t.Errorf("Classify(%s)\n got %s\nwant %s", tt.host, got, tt.want)
			}
		})
	}
}

// classify parses and classifies host.
func classify(t *testing.T, host string) Name {
	t.Helper()
	h, err := netset.ParseHost(host)
	if err != nil {
		t.Fatal(err)
	}
	return small.Classify(h)
}

func TestKnownRegion(t *testing.T) {
	for host, want := range map[string]bool{
		"ssm.us-east-1.amazonaws.com":           true,
		"ssm.me-west-1.amazonaws.com":           false,
		"iam.amazonaws.com":                     true, // no region that could be unknown
		"b.s3.eu-west-9.amazonaws.com":          false,
		"x.us-west-9.elb.amazonaws.com":         false,
		"zzz.eu-west-9.amazonaws.com":           false,
		"dom1.auth.eu-west-9.amazoncognito.com": false,
	} {
		if got := classify(t, host).KnownRegion; got != want {
			t.Errorf("Classify(%s).KnownRegion = %v, want %v", host, got, want)
		}
	}
}

func TestParseRefusesUnderscores(t *testing.T) {
	tests := []struct {
		why, host string
		ok        bool
	}{
		{"an old bucket", "my_bucket.s3.amazonaws.com", true},
		{"an old bucket's website", "my_bucket.s3-website-us-east-1.amazonaws.com", true},
		{"an old bucket over PrivateLink", "my_bucket.bucket.vpce-0a1b2c3d-xyz.s3.us-east-1.vpce.amazonaws.com", true},
		{"outside AWS they occur", "my_host.example.com", true},
		{"an endpoint", "ssm_.us-east-1.amazonaws.com", false},
		{"a tenant's name", "a_b.us-east-1.elb.amazonaws.com", false},
		{"an account in front of a bucket", "x_1.s3-control.us-east-1.amazonaws.com", false},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			_, n, err := small.Parse(tt.host)
			e, faulty := errors.AsType[*netset.HostError](err)
			if faulty == tt.ok || faulty && e.Fault != netset.Underscore {
				t.Errorf("Parse(%q) = %+v, %v, want ok %v", tt.host, n, err, tt.ok)
			}
			if h, err := netset.ParseHost(tt.host); !tt.ok && (err != nil || small.Classify(h).Kind != Unknown) {
				t.Errorf("Classify(%q) = %+v, want unknown: what is refused must not be allowed either", tt.host, small.Classify(h))
			}
		})
	}
}
