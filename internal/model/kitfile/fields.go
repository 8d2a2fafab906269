package kitfile

import (
	"regexp"

	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// defaults is a file in which nothing is written.
var defaults = draft{
	Kit: Kit{
		Port: 3128, AdminPort: 3129, Drain: 120, Idle: 3600,
	},
	logs:      logs{Logs: Logs{Days: 90, Archive: 400, KMS: true}},
	instances: instances{Instances: Instances{ARM: true, Least: 2, Most: 6}},
}

// draft is a Kit while it is read.
type draft struct {
	Kit
	version   int
	zones     []yamldoc.Named[Zone]
	sites     []yamldoc.Named[Site]
	consumers []yamldoc.Named[consumer]
	instances instances
	region    Text
	logs      logs
	rules     *yamldoc.Node
	binary    program
	rpm       program
}

// program is a Program while it is read.
type program struct {
	Program
	key   Text
	there bool
}

type logs struct {
	Logs
	at *yamldoc.Node
}

type consumer struct {
	Consumer
	zones []yamldoc.Named[Zone]
}

type instances struct {
	Instances
	arch architecture
	typ  Text
	at   *yamldoc.Node
}

var fileType = yamldoc.Object("", defaults,
	yamldoc.Required("version", "The version of this format: 1.", yamldoc.Integer(1, 1), func(f *draft) *int { return &f.version }),
	yamldoc.Required("name", "What is made is called by it.", form(nameForm, "DG6101.name"), func(f *draft) *string { return &f.Name }),
	yamldoc.Required("region", "Region of the fleet.", yamldoc.Placed(regionType), func(f *draft) *Text { return &f.region }),
	yamldoc.Required("exit", "How the proxies reach AWS: public addresses, NAT gateways, or VPC endpoints only.", yamldoc.Word[Exit](exits...), func(f *draft) *Exit { return &f.Exit }),
	yamldoc.Required("vpc", "Where the fleet stands.", vpcType, func(f *draft) *VPC { return &f.VPC }),
	yamldoc.Required("zones", "By the letter of the zone: two or more.", yamldoc.MapOf(zoneType), func(f *draft) *[]yamldoc.Named[Zone] { return &f.zones }),
	yamldoc.Optional("port", "The proxies' port. Default: 3128.", portType, func(f *draft) *uint16 { return &f.Port }),
	yamldoc.Optional("admin_port", "The port of health checks. Default: 3129.", portType, func(f *draft) *uint16 { return &f.AdminPort }),
	yamldoc.Optional("sites", "Networks whose clients reach the load balancer directly.", yamldoc.MapOf(siteType), func(f *draft) *[]yamldoc.Named[Site] { return &f.sites }),
	yamldoc.Optional("consumers", "VPCs that reach the fleet over PrivateLink.", yamldoc.MapOf(consumerType), func(f *draft) *[]yamldoc.Named[consumer] { return &f.consumers }),
	yamldoc.Optional("endpoints", "Interface endpoints beside the proxies.", endpointsType, func(f *draft) *Endpoints { return &f.Endpoints }),
	yamldoc.Optional("jobs", "Jobs that everybody may do, in the kit's region: deguchi job lists them.", yamldoc.ListOf(textType), func(f *draft) *[]Text { return &f.Jobs }),
	yamldoc.Optional("rules", "Rules as in deguchi.yaml. Those of jobs come after them.", yamldoc.Raw(), func(f *draft) **yamldoc.Node { return &f.rules }),
	yamldoc.Optional("configuration", "A deguchi.yaml instead of jobs and rules, relative to this file.", textType, func(f *draft) *Text { return &f.Configuration }),
	yamldoc.Optional("instances", "The machines.", instancesType, func(f *draft) *instances { return &f.instances }),
	yamldoc.Optional("binary", "Where instances get the program from. Either this or package.", programType(keyForm, "DG6101.key"), func(f *draft) *program { return &f.binary }),
	yamldoc.Optional("package", "Where instances get the rpm from that holds the program. Either this or binary.", programType(rpmForm, "DG6101.package"), func(f *draft) *program { return &f.rpm }),
	yamldoc.Optional("logs", "How long access logs are kept.", logsType, func(f *draft) *logs { return &f.logs }),
	yamldoc.Optional("drain", "Seconds for tunnels to finish when an instance goes. Default: 120.", yamldoc.Integer(0, 3600), func(f *draft) *int { return &f.Drain }),
	yamldoc.Optional("idle", "Seconds after which the load balancer forgets a silent connection; above the proxy's keepalive. Default: 3600.", yamldoc.Integer(350, 6000), func(f *draft) *int { return &f.Idle }),
	yamldoc.Optional("topic", "ARN of the SNS topic that alarms go to. Default: none.", form(topicForm, "DG6101.topic"), func(f *draft) *string { return &f.Topic }),
)

var vpcType = yamldoc.Object("vpc", VPC{},
	yamldoc.Optional("id", "Of a VPC that is there. Default: a new one.", form(vpcForm, "DG6101.vpc"), func(v *VPC) *string { return &v.ID }),
	yamldoc.Required("cidr", "Its addresses.", prefixType, func(v *VPC) *Prefix { return &v.CIDR }),
)

var zoneType = withPlace(yamldoc.Object("zone", Zone{},
	yamldoc.Required("cidr", "Of the subnet of the proxies and the load balancer.", prefixType, func(z *Zone) *Prefix { return &z.CIDR }),
	yamldoc.Optional("nat", "Of the subnet of the NAT gateway, with exit: nat.", prefixType, func(z *Zone) *Prefix { return &z.NAT }),
	yamldoc.Optional("subnet", "Id of the subnet, in a VPC that is there.", form(subnetForm, "DG6101.subnet"), func(z *Zone) *string { return &z.Subnet }),
	yamldoc.Optional("table", "Id of its route table, in a VPC that is there.", form(tableForm, "DG6101.table"), func(z *Zone) *string { return &z.Table }),
), func(z *Zone, n *yamldoc.Node) { z.Pos = n.Pos })

var siteType = yamldoc.Object("site", Site{},
	yamldoc.Required("cidr", "Its addresses.", prefixType, func(s *Site) *Prefix { return &s.CIDR }),
	yamldoc.Optional("through", "Id of the transit gateway or virtual private gateway that leads there. Default: the routes are there.", form(gatewayForm, "DG6101.gateway"), func(s *Site) *string { return &s.Through }),
)

var consumerType = yamldoc.Object("consumer", consumer{},
	yamldoc.Required("account", "Twelve digits, in quotes.", form(accountForm, "DG1214"), func(c *consumer) *string { return &c.Account }),
	yamldoc.Required("vpc", "The consumer's VPC.", vpcType, func(c *consumer) *VPC { return &c.VPC }),
	yamldoc.Required("zones", "By the letter of the zone: subnets for the endpoint.", yamldoc.MapOf(zoneType), func(c *consumer) *[]yamldoc.Named[Zone] { return &c.zones }),
	yamldoc.Optional("from", "Networks behind the VPC that may use the endpoint.", yamldoc.ListOf(prefixType), func(c *consumer) *[]Prefix { return &c.From }),
	yamldoc.Optional("endpoint", "Id of the endpoint, once its stack is there: rules know the consumer by it.", yamldoc.Placed(form(endpointForm, "DG1208")), func(c *consumer) *Text { return &c.Endpoint }),
	yamldoc.Optional("domain", "A private zone, in which proxy is the endpoint. Default: none.", form(domainForm, "DG6101.domain"), func(c *consumer) *string { return &c.Domain }),
)

var endpointsType = yamldoc.Object("endpoints", Endpoints{},
	yamldoc.Optional("add", "Services, as in com.amazonaws.REGION.SERVICE.", yamldoc.ListOf(serviceType), func(e *Endpoints) *[]Text { return &e.Add }),
	yamldoc.Optional("present", "Services whose endpoints are in the VPC already.", yamldoc.ListOf(serviceType), func(e *Endpoints) *[]Text { return &e.Present }),
)

var instancesType = withPlace(yamldoc.Object("instances", defaults.instances,
	yamldoc.Optional("architecture", "arm64 or amd64. Default: arm64.", yamldoc.Word[architecture]("arm64", "amd64"), func(i *instances) *architecture { return &i.arch }),
	yamldoc.Optional("type", "Instance type. Default: t4g.small or t3.small.", yamldoc.Placed(form(instanceForm, "DG6101.instance")), func(i *instances) *Text { return &i.typ }),
	yamldoc.Optional("least", "How many at least. Default: 2.", yamldoc.Integer(1, 1000), func(i *instances) *int { return &i.Least }),
	yamldoc.Optional("most", "How many at most. Default: 6.", yamldoc.Integer(1, 1000), func(i *instances) *int { return &i.Most }),
), func(i *instances, n *yamldoc.Node) { i.at = yamldoc.Item(n) })

// programType is an object in S3 whose key has a form.
func programType(key *regexp.Regexp, code string) yamldoc.Type[program] {
	return withPlace(yamldoc.Object("", program{},
		yamldoc.Required("bucket", "S3 bucket.", form(bucketForm, "DG1213"), func(p *program) *string { return &p.Bucket }),
		yamldoc.Required("key", "Key of the object.", yamldoc.Placed(form(key, code)), func(p *program) *Text { return &p.key }),
		yamldoc.Required("sha256", "Its digest: 64 hexadecimal digits.", form(digestForm, "DG6101.sha256"), func(p *program) *string { return &p.SHA256 }),
	), func(p *program, _ *yamldoc.Node) { p.there = true })
}

var logsType = withPlace(yamldoc.Object("logs", defaults.logs,
	yamldoc.Optional("days", "In CloudWatch Logs. Default: 90.", daysType, func(l *logs) *int { return &l.Days }),
	yamldoc.Optional("archive", "Days in S3; 0 for no archive. Default: 400.", yamldoc.Integer(0, 36500), func(l *logs) *int { return &l.Archive }),
	yamldoc.Optional("lock", "Object Lock of the archive. Default: none.", yamldoc.Word[Lock]("none", "governance", "compliance"), func(l *logs) *Lock { return &l.Lock }),
	yamldoc.Optional("kms", "Encrypt with a key of its own. Default: true.", yamldoc.Boolean(), func(l *logs) *bool { return &l.KMS }),
), func(l *logs, n *yamldoc.Node) { l.at = yamldoc.Item(n) })
