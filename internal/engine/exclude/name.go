package exclude

import (
	"cmp"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// name is a name that an endpoint answers for, or all names below it.
type name struct {
	host  string
	below bool // the names below host, and not host itself
}

// example is a host of that name.
func (n name) example() string {
	switch {
	case !n.below:
		return n.host
	case strings.HasPrefix(n.host, "dkr.") || strings.HasPrefix(n.host, "s3-control"):
		return "111122223333." + n.host // called by the number of an account
	}
	return "example." + n.host
}

// holds reports whether host is of that name.
func (n name) holds(host string) bool {
	if n.below {
		return strings.HasSuffix(host, "."+n.host)
	}
	return host == n.host
}

// spellings are the entries that may stand for n, the usual one first.
func (n name) spellings() []string {
	if n.below {
		return []string{"." + n.host, n.host, "*." + n.host}
	}
	return []string{n.host}
}

// names are those of all endpoints towards AWS, sorted: a name before those
// below it.
func (f *finder) names() []name {
	var all []name
	for _, v := range f.t.VPCs {
		for _, e := range v.Endpoints {
			for _, n := range endpointNames(e) {
				host, below := strings.CutPrefix(n, "*.")
				if !strings.Contains(host, "*") {
					all = append(all, name{host, below})
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b name) int {
		if c := cmp.Compare(a.host, b.host); c != 0 || a.below == b.below {
			return c
		}
		if b.below {
			return -1
		}
		return 1
	})
	return slices.Compact(all)
}

// endpointNames returns the names that lead to e where it is in use: a gateway
// endpoint has those of its service.
func endpointNames(e *topology.Endpoint) []string {
	region := e.VPC.Region
	if e.ServiceRegion.Is() {
		region = e.ServiceRegion.V
	}
	var names []string
	switch {
	case e.Kind == topology.PrivateLink:
		return nil
	case e.Kind == topology.Gateway:
		suffix := awsname.Suffix(awsdata.PartitionOf(region), "")
		names = []string{e.AWSService + "." + region + "." + suffix}
		if e.AWSService == "s3" {
			names = append(names, "*."+names[0])
		}
	case e.Names.Is():
		names = slices.Clone(e.Names.V)
	default:
		names = slices.Clone(awsdata.PrivateNames(e.AWSService, region, ""))
	}
	if e.DNSName.Is() {
		names = append(names, e.DNSName.V)
	}
	return names
}
