package access

import (
	"net/netip"
	"time"

	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// Small vocabularies, so that rules and requests meet often.
var (
	someServices = []string{"ssm", "s3", "s3*", "ecr", "*", "iam", "execute-api"}
	someRegions  = []string{"ap-northeast-1", "ap-northeast-3", "us-east-1", "ap-*", "*-1"}
	someBuckets  = []string{"corp-reports", "corp-*", "evil-drop", "*", "a.b", alias.Parts.Bucket}
	someAccounts = []string{"123456789012", "999999999999", "1234*"}
	someHosts    = []string{".amazonaws.com", "www.example.com", "*.example.com", ".example.com", "ssm.*.amazonaws.com",
		"w*", ".s3.*.amazonaws.com", "x.us-east-1.on.aws", ".elb.amazonaws.com", "*", "a.b.c.d.e.f.g.example.com", ".c.d.e.f.g.example.com"}
	someNets    = []string{"52.95.0.0/16", "52.95.1.0/28", "0.0.0.0/0", "2600::/12", "2600:1f14::/64", "52.95.1.1/32"}
	someClients = []string{"office", "lab", "other-cloud", "gone"}
	someJobs    = []string{"session-manager", "session-manager-client", "cdk", "ecr-pull", "aws-cli-sso-login", "aws-console", "al2023-dnf"}
)

func subset(values []string, most int) *rapid.Generator[[]string] {
	return rapid.SliceOfNDistinct(rapid.SampledFrom(values), 0, most, rapid.ID[string])
}

// rarely draws from g in one case of n, and nothing in the others.
func rarely[T any](t *rapid.T, n int, name string, g *rapid.Generator[T]) (v T) {
	if rapid.IntRange(1, n).Draw(t, "has "+name) == 1 {
		v = g.Draw(t, name)
	}
	return v
}

func anyRule(t *rapid.T) config.Rule {
	m := config.Match{
		Job:        rarely(t, 6, "job", rapid.SampledFrom(someJobs)),
		Services:   rarely(t, 2, "services", subset(someServices, 2)),
		Regions:    rarely(t, 3, "regions", subset(someRegions, 2)),
		Partitions: rarely(t, 8, "partitions", subset([]string{"aws", "aws-*", "aws-cn"}, 2)),
		Kinds:      rarely(t, 4, "kinds", subset([]string{"api", "resource", "customer-content", "*", "unknown", "not-aws"}, 2)),
		Owner:      rarely(t, 8, "owner", rapid.SampledFrom([]string{"anyone", "aws"})),
		Buckets:    rarely(t, 3, "buckets", subset(someBuckets, 3)),
		Accounts:   rarely(t, 6, "accounts", subset(someAccounts, 2)),
		Variants:   rarely(t, 8, "variants", subset(variantNames, 2)),
		Hosts:      rarely(t, 3, "hosts", subset(someHosts, 3)),
		Ports:      rapid.SampledFrom([][]config.PortRange{port443, port443, anyPort, {{First: 80, Last: 90}, {First: 443, Last: 443}}}).Draw(t, "ports"),
		Schemes:    rarely(t, 6, "schemes", subset([]string{"http", "https"}, 1)),
	}
	m.Networks = nets(rarely(t, 5, "networks", subset(someNets, 2))...)
	return config.Rule{
		Match:   m,
		Deny:    rapid.Bool().Draw(t, "deny"),
		Clients: rarely(t, 3, "clients", subset(someClients, 2)),
		Until:   rarely(t, 6, "until", rapid.SampledFrom([]time.Time{day, day.Add(time.Hour), day.Add(-time.Hour)})),
	}
}

func anyConfig(t *rapid.T) *config.Config {
	cfg := file()
	cfg.Clients = []config.Client{
		{Name: "office", From: nets("10.20.0.0/16")},
		{Name: "other-cloud", Endpoints: []string{"vpce-0a"}},
		{Name: "lab", From: nets("10.0.0.0/8")},
	}
	cfg.Rules = rapid.SliceOfN(rapid.Custom(anyRule), 0, 12).Draw(t, "rules")
	for i := range cfg.Rules {
		cfg.Rules[i].Name = string(rune('a' + i))
	}
	cfg.Clients[2].Mode = rapid.SampledFrom([]config.Mode{config.Enforce, config.Observe}).Draw(t, "mode")
	return cfg
}

func anyName(t *rapid.T) awsname.Name {
	region := rapid.SampledFrom([]string{"ap-northeast-1", "ap-northeast-3", "us-east-1", "me-west-1"}).Draw(t, "region")
	n := rapid.SampledFrom([]awsname.Name{
		iam, unknown, outside,
		aws("ssm."+region+".amazonaws.com", awsname.API, "ssm", region),
		aws("s3."+region+".amazonaws.com", awsname.API, "s3", region),
		aws("api.ecr."+region+".amazonaws.com", awsname.API, "api.ecr", region),
		aws("web-1."+region+".elb.amazonaws.com", awsname.CustomerContent, "elb", region),
		aws("bucket.vpce-0e25-argc.s3."+region+".vpce.amazonaws.com", awsname.VPCE, "s3", region),
		aws("signin.aws.amazon.com", awsname.Console, "signin", ""),
		aws(region+".signin.aws", awsname.Console, "signin", region),
		aws("al2023-repos-"+region+"-de612dc2.s3.dualstack."+region+".amazonaws.com", awsname.PackageRepo, "s3", region),
		registry, point, reports, stranger, alias, bucket("a.b"), bucket(region),
		{Host: "a.b.c.d.e.f.g.example.com", Kind: awsname.NotAWS},
		{Host: "example.com", Kind: awsname.NotAWS},
		{Host: "w", Kind: awsname.NotAWS},
	}).Draw(t, "name")
	if n.Kind > awsname.NotAWS {
		n.Variant = rapid.SampledFrom([]awsname.Variant{awsname.Default, awsname.FIPS}).Draw(t, "variant")
		n.Owner = rapid.SampledFrom([]awsname.Owner{awsname.Anyone, awsname.AWS}).Draw(t, "owner")
		n.Partition = rapid.SampledFrom([]string{"aws", "aws-cn"}).Draw(t, "partition")
	}
	return n
}

func anyRequest(t *rapid.T) *Request {
	q := to(anyName(t))
	if lit := rarely(t, 6, "literal", rapid.SampledFrom([]string{"52.95.1.1", "52.95.200.1", "8.8.8.8", "2600:1f14::1", "64:ff9b::345f:101", "2002:345f:101::1"})); lit != "" {
		q.Name, q.Host = awsname.Name{}, netset.Host{Addr: netip.MustParseAddr(lit)}
	}
	q.Client = netip.MustParseAddr(rapid.SampledFrom([]string{"10.20.1.5", "10.30.1.5", "172.16.0.1"}).Draw(t, "from"))
	q.Endpoint = rarely(t, 4, "endpoint", rapid.SampledFrom([]string{"vpce-0a", "vpce-0b"}))
	q.Port = rapid.SampledFrom([]uint16{443, 443, 443, 80, 91}).Draw(t, "port")
	q.Scheme = rapid.SampledFrom([]Scheme{HTTPS, HTTP}).Draw(t, "scheme")
	q.Now = rapid.SampledFrom([]time.Time{day, day.Add(-time.Minute)}).Draw(t, "now")
	return q
}
