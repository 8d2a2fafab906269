// Package target reads what a request is for from its URL: the service, as VPC
// endpoints call it, its Region, bucket and object. It follows the grammar of
// the topology format (section 7, "What names mean"), which package awsname
// helps with where buckets, whose names hold dots, come first.
//
// Whose endpoint a vpce name belongs to, only a topology tells: see Through.
package target

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/engine/route/span"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Resource is what a request asks for, as its URL tells.
type Resource struct {
	Host    string // in small letters, without the trailing dot
	Port    uint16
	AWS     bool
	Service string // "s3", "ecr.api"; empty if it is not AWS or nobody told
	Region  string // "ap-northeast-1", "global"
	Bucket  string // of S3, empty if it is about none
	Object  string
	Action  string // "s3:GetObject"; "ssm:" is one that nobody named

	Written string     // the host as the URL has it
	Secure  bool       // https
	Literal netip.Addr // Host, if it is an address
	VPCE    bool       // Host is a name of PrivateLink
	IPv6    bool       // Host has IPv6 addresses

	name awsname.Name // what the grammar of AWS names says of Host
}

// ParseHost returns a host with what the grammar makes of it.
func ParseHost(host string) (netset.Host, awsname.Name) {
	h, name, err := awsdata.Names().Parse(host)
	if err != nil {
		return netset.Host{Name: host}, awsname.Name{}
	}
	return h, name
}

// Of returns what q asks for.
func Of(q topology.Request) Resource {
	a := Resource{Written: q.URL.Hostname(), Secure: q.URL.Scheme == "https", Port: 80}
	if a.Secure {
		a.Port = 443
	}
	if p, err := strconv.ParseUint(q.URL.Port(), 10, 16); err == nil {
		a.Port = uint16(p)
	}
	a.Host = strings.TrimSuffix(strings.ToLower(a.Written), ".")
	host, name := ParseHost(a.Host)
	a.name, a.Literal = name, host.Addr
	rest, under, ok := awsname.Place(a.Host)
	a.AWS = ok && name.Kind != awsname.NotAWS
	if a.AWS {
		a.place(rest, under)
	}
	if !a.VPCE {
		a.told(q)
	}
	a.subject(q.URL.Path)
	a.Action = action(&a, q)
	return a
}

// told takes what the request says where the name does not tell.
func (a *Resource) told(q topology.Request) {
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
func (a *Resource) place(rest, under string) {
	a.IPv6 = under == "dual" || a.name.Variant == awsname.DualStack || a.name.Variant == awsname.FIPSDualStack
	if a.VPCE = under == "" && strings.HasSuffix(rest, ".vpce"); a.VPCE {
		return
	}
	if a.name.Service == "s3" && a.name.Kind != awsname.VPCE {
		a.Service, a.Region, a.Bucket = "s3", a.name.Region, a.name.Parts.Bucket
		if a.Region == "" && (rest == "s3" || strings.HasSuffix(rest, ".s3")) {
			a.Region = Global // not of accelerate and multi-region names: those are everywhere
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

// Global is the Region of names without one: where AWS keeps Global services,
// and what S3 takes s3.amazonaws.com for.
const Global = "us-east-1"

// globals are the names without a Region.
var globals = map[string][2]string{
	"iam": {"iam", Global}, "route53": {"route53", Global}, "cloudfront": {"cloudfront", Global},
	"organizations": {"organizations", Global}, "sts": {"sts", "global"},
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
func (a *Resource) subject(path string) {
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
func action(a *Resource, q topology.Request) string {
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

// ARN returns the ARN that policies judge; empty if nobody can tell.
func (a *Resource) ARN() string {
	if a.Service != "s3" {
		return ""
	}
	s3 := "arn:" + a.Partition() + ":s3:::"
	switch {
	case a.Bucket == "":
		return s3 + "*"
	case a.Object == "":
		return s3 + a.Bucket
	}
	return s3 + a.Bucket + "/" + a.Object
}

// Elsewhere returns the host that S3 of region answers to for what a asks of
// another Region's.
func (a *Resource) Elsewhere(region string) string {
	labels := strings.Split(a.Host, ".")
	for i := len(labels) - 1; i >= 0; i-- {
		switch {
		case a.VPCE || labels[i] == "amazonaws" && i > 0 && strings.HasPrefix(labels[i-1], "s3"):
			root := "s3." + region + "." + awsname.Suffix(awsdata.PartitionOf(region), "")
			if !a.VPCE && !strings.HasPrefix(a.Host, a.Bucket+".") {
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

// OnInternet reports whether the internet may answer for a's host: it is a name
// with a top-level domain, which no digit begins (RFC 3696, section 2), or an
// address that is not private, link-local or of the host itself. Addresses for
// documentation stand for public ones.
func (a *Resource) OnInternet() bool {
	if !a.Literal.IsValid() {
		dot := strings.LastIndexByte(a.Host, '.')
		return dot > 0 && dot+1 < len(a.Host) && (a.Host[dot+1] < '0' || a.Host[dot+1] > '9')
	}
	addr := a.Literal
	if inner, ok := netset.Embedded(addr); ok {
		addr = inner
	}
	switch netset.Classify(addr) {
	case netset.Public:
		return true
	case netset.Special:
		return !addr.IsLoopback() && !addr.IsUnspecified() && !addr.IsMulticast()
	case netset.LinkLocal, netset.Private:
	}
	return false
}

// Networks are where the public addresses of a may lie.
func (a *Resource) Networks(v6 bool) []netip.Prefix {
	if a.Literal.IsValid() {
		return []netip.Prefix{span.Lone(a.Literal)}
	}
	if r4, r6, ok := awsdata.Ranges(a.Service, a.Region); ok {
		if v6 {
			return r6
		}
		return r4
	}
	if v6 {
		return span.Public6
	}
	return span.Public4()
}

// Partition returns the partition of the service's Region.
func (a *Resource) Partition() string {
	if p := awsdata.PartitionOf(a.Region); p != "" {
		return p
	}
	return "aws"
}

// Through completes what q asks for where a's name is one of e's, which leads to
// region: such a name tells neither service nor Region by itself.
func (a *Resource) Through(e *topology.Endpoint, region string, q topology.Request) {
	if e.Kind != topology.InterfaceEndpoint {
		return
	}
	a.AWS = true
	a.Service, a.Region = strings.TrimSuffix(e.AWSService, "-fips"), region
	if a.Service == "s3" {
		left, _ := strings.CutSuffix(a.Host, e.DNSName.V)
		if bucket, ok := strings.CutSuffix(left, ".bucket."); ok {
			a.Bucket = bucket
		}
		a.subject(q.URL.Path)
	}
	a.Action = action(a, q)
}
