package survey

import (
	"regexp"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// What stands in names where a customer's own would: any other has the same
// answer.
const (
	someAccount = "123456789012"
	someName    = "example"
)

// bucketName is the host of b, "" if its Region is none.
func bucketName(b *topology.Bucket) string {
	return regional(b.Name+".s3", b.Region)
}

// regional is prefix under the suffix of region's partition.
func regional(prefix, region string) string {
	suffix := awsname.Suffix(awsdata.PartitionOf(region), "")
	if suffix == "" {
		return ""
	}
	return prefix + "." + region + "." + suffix
}

// serviceName is a host that leads to the service of e: the first of its
// private names, "" for PrivateLink.
func (l *list) serviceName(e *topology.Endpoint) string {
	region := e.VPC.Region
	if e.ServiceRegion.Is() {
		region = e.ServiceRegion.V
	}
	if e.Kind == topology.PrivateLink {
		return ""
	}
	if e.Kind == topology.Gateway {
		return regional(e.AWSService, region)
	}
	names := awsdata.PrivateNames(e.AWSService, region, "")
	if e.Names.Is() {
		names = e.Names.V
	}
	if len(names) == 0 {
		return regional(e.AWSService, region)
	}
	// A name that is whole says more than one with a blank to fill.
	if i := slices.IndexFunc(names, func(n string) bool { return !strings.Contains(n, "*") }); i > 0 {
		return l.filled(names[i])
	}
	return l.filled(names[0])
}

var blank = regexp.MustCompile(`\{[a-z_]+\}|\*`)

// filled is host with something in its blanks: registries are called by the
// number of an account, the rest by any name.
func (l *list) filled(host string) string {
	if strings.HasPrefix(host, "*.dkr.") {
		host = "{account}" + host[1:]
	}
	if strings.HasPrefix(host, ".") {
		host = "*" + host
	}
	return blank.ReplaceAllStringFunc(host, func(b string) string {
		if b != "{account}" {
			return someName
		}
		if main := l.t.Account(topology.Main); main != nil && main.ID.Is() {
			return main.ID.V
		}
		return someAccount
	})
}

// job adds the hosts that j cannot do without, in regions or else in those of
// the VPCs.
func (l *list) job(j awsdata.Job, regions []string) {
	if len(regions) == 0 {
		regions = Regions(l.t)
	}
	for _, h := range j.Hosts {
		for _, r := range regions {
			l.name(FromJob, l.filled(h.Expand(r, awsdata.PartitionOf(r))))
		}
	}
	for _, h := range j.NonAWS {
		l.name(FromJob, l.filled(h))
	}
}

// Regions returns the Regions of t's VPCs and buckets, sorted.
func Regions(t *topology.Topology) []string {
	var all []string
	for _, v := range t.VPCs {
		all = append(all, v.Region)
	}
	if len(all) == 0 {
		for _, b := range t.Buckets {
			all = append(all, b.Region)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
