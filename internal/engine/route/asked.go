package route

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Asked is what a request asks for, as its URL tells.
type Asked struct {
	Host    string // in small letters, without the trailing dot
	Port    uint16
	AWS     bool
	Service string // "s3", "ecr.api"; empty if it is not AWS or nobody told
	Region  string // "ap-northeast-1", "global"
	Bucket  string // of S3, empty if it is about none
	Object  string
	Action  string // "s3:GetObject"; "ssm:" is one that nobody named

	written string       // the host as the URL has it
	secure  bool         // https
	name    awsname.Name // what the grammar of AWS names says of Host
	literal netip.Addr   // Host, if it is an address
	vpce    bool         // Host is a name of PrivateLink
	ipv6    bool         // Host has IPv6 addresses
}

// parsed is a host with what the grammar makes of it.
func parsed(host string) (netset.Host, awsname.Name) {
	h, name, err := awsdata.Names().Parse(host)
	if err != nil {
		return netset.Host{Name: host}, awsname.Name{}
	}
	return h, name
}

// read returns what q asks for.
func read(q topology.Request) Asked {
	a := Asked{written: q.URL.Hostname(), secure: q.URL.Scheme == "https", Port: 80}
	if a.secure {
		a.Port = 443
	}
	if p, err := strconv.ParseUint(q.URL.Port(), 10, 16); err == nil {
		a.Port = uint16(p)
	}
	a.Host = strings.TrimSuffix(strings.ToLower(a.written), ".")
	host, name := parsed(a.Host)
	a.name, a.literal = name, host.Addr
	rest, under, ok := awsname.Place(a.Host)
	a.AWS = ok && name.Kind != awsname.NotAWS
	if a.AWS {
		a.place(rest, under)
	}
	if !a.vpce {
		a.told(q)
	}
	a.subject(q.URL.Path)
	a.Action = action(a, q)
	return a
}

// told takes what the request says where the name does not tell.
func (a *Asked) told(q topology.Request) {
	if a.Service == "" && q.Service.Is() {
		a.Service, a.AWS = strings.TrimSuffix(q.Service.V, "-fips"), true
	}
	if a.Region == "" && q.Region.Is() {
		a.Region = q.Region.V
	}
	if a.Bucket == "" && q.Bucket.Is() {
		a.Bucket = q.Bucket.V
	}
}

// place reads the name below its suffix: TOPOLOGY's grammar, which package
// awsname helps with where buckets, whose names hold dots, come first.
func (a *Asked) place(rest, under string) {
	a.ipv6 = under == "dual" || a.name.Variant == awsname.DualStack || a.name.Variant == awsname.FIPSDualStack
	if a.vpce = under == "" && strings.HasSuffix(rest, ".vpce"); a.vpce {
		return
	}
	if a.name.Service == "s3" && a.name.Kind != awsname.VPCE {
		a.Service, a.Region, a.Bucket = "s3", a.name.Region, a.name.Parts.Bucket
		if a.Region == "" && (rest == "s3" || strings.HasSuffix(rest, ".s3")) {
			a.Region = global // not of accelerate and multi-region names: those are everywhere
		}
		return
	}
	if g, ok := globals[rest]; ok && under == "" {
		a.Service, a.Region = g[0], g[1]
		return
	}
	cut := strings.LastIndexByte(rest, '.')
	if cut < 0 || !awsdata.RegionShape(rest[cut+1:]) {
		return
	}
	if service := serviceOf(rest[:cut]); service != "" {
		a.Service, a.Region = service, rest[cut+1:]
	}
}

// global is the Region of names without one: where AWS keeps global services,
// and what S3 takes s3.amazonaws.com for.
const global = "us-east-1"

// globals are the names without a Region.
var globals = map[string][2]string{
	"iam": {"iam", global}, "route53": {"route53", global}, "cloudfront": {"cloudfront", global},
	"organizations": {"organizations", global}, "sts": {"sts", "global"},
}

// serviceOf returns the service, as endpoints call it, of a name that begins
// with prefix; empty if the name does not tell it.
func serviceOf(prefix string) string {
	switch {
	case prefix == "api.ecr" || prefix == "api.ecr-fips":
		return "ecr.api"
	case prefix == "streams.dynamodb":
		return "dynamodb-streams"
	case strings.HasSuffix(prefix, ".dkr.ecr") || strings.HasSuffix(prefix, ".dkr.ecr-fips"):
		return "ecr.dkr"
	case strings.HasSuffix(prefix, ".execute-api"):
		return "execute-api"
	case strings.Contains(prefix, "."):
		return ""
	}
	return strings.TrimSuffix(prefix, "-fips")
}

// subject reads bucket and object from the path of an S3 URL.
func (a *Asked) subject(path string) {
	if a.Service != "s3" {
		return
	}
	path = strings.TrimPrefix(path, "/")
	if a.Bucket == "" {
		a.Bucket, path, _ = strings.Cut(path, "/")
	}
	a.Object = path
}

// action returns what the request does: as told, or what a plain read of the
// URL is.
func action(a Asked, q topology.Request) string {
	switch {
	case q.Action.Is():
		return q.Action.V
	case a.Service != "s3":
		return actions(a.Service)
	case a.Bucket == "":
		return "s3:ListAllMyBuckets"
	case a.Object == "":
		return "s3:ListBucket"
	}
	return "s3:GetObject"
}

// actions returns the prefix of the service's actions. Endpoints and IAM name
// some services differently (Service Authorization Reference).
func actions(service string) string {
	switch service {
	case "ecr.api", "ecr.dkr":
		return "ecr:"
	case "monitoring":
		return "cloudwatch:"
	case "dynamodb-streams":
		return "dynamodb:"
	case "email", "email-smtp":
		return "ses:"
	case "":
		return ""
	}
	name, _, _ := strings.Cut(service, ".")
	return name + ":"
}

// resource returns the ARN that policies judge; empty if nobody can tell.
func (a *Asked) resource() string {
	switch {
	case a.Service != "s3":
		return ""
	case a.Bucket == "":
		return "arn:aws:s3:::*"
	case a.Object == "":
		return "arn:aws:s3:::" + a.Bucket
	}
	return "arn:aws:s3:::" + a.Bucket + "/" + a.Object
}

// elsewhere returns the host that S3 of region answers to for what a asks of
// another Region's.
func (a *Asked) elsewhere(region string) string {
	labels := strings.Split(a.Host, ".")
	for i := len(labels) - 1; i >= 0; i-- {
		switch {
		case a.vpce || labels[i] == "amazonaws" && i > 0 && strings.HasPrefix(labels[i-1], "s3"):
			root := "s3." + region + "." + awsname.Suffix(awsdata.PartitionOf(region), "")
			if !a.vpce && !strings.HasPrefix(a.Host, a.Bucket+".") {
				return root // the path names the bucket, here as there
			}
			return a.Bucket + "." + root
		case labels[i] == a.Region:
			labels[i] = region
			return strings.Join(labels, ".")
		}
	}
	return a.Host
}
