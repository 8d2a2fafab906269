package route

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// privateName is a name that an interface endpoint answers for in its VPC.
type privateName struct {
	zone     string // the name without "*."
	endpoint *topology.Endpoint
}

// privateNames are those of one VPC, by zone.
type privateNames struct {
	exact, below map[string][]privateName
}

// of returns the endpoints whose private name host is, the most specific first.
func (n *privateNames) of(host string) []privateName {
	if n == nil {
		return nil
	}
	if found := n.exact[host]; found != nil {
		return found
	}
	for zone := host; ; {
		_, rest, ok := strings.Cut(zone, ".")
		if !ok {
			return nil
		}
		if found := n.below[rest]; found != nil {
			return found
		}
		zone = rest
	}
}

// privateNamesOf gathers the private names in v. It is nil if there are none.
func privateNamesOf(v *topology.VPC) *privateNames {
	var n *privateNames
	for _, e := range v.Endpoints {
		if e.Kind != topology.InterfaceEndpoint {
			continue
		}
		if n == nil {
			n = &privateNames{map[string][]privateName{}, map[string][]privateName{}}
		}
		for _, name := range namesOf(e) {
			if zone, ok := strings.CutPrefix(name, "*."); ok {
				n.below[zone] = append(n.below[zone], privateName{zone, e})
			} else {
				n.exact[name] = append(n.exact[name], privateName{name, e})
			}
		}
	}
	return n
}

// namesOf returns the private names of the interface endpoint e.
func namesOf(e *topology.Endpoint) []string {
	if e.Names.Is() {
		return e.Names.V
	}
	region := regionOf(e)
	return awsdata.PrivateNames(e.AWSService, region, awsdata.PartitionOf(region))
}

// regionOf returns the Region whose service e leads to.
func regionOf(e *topology.Endpoint) string {
	if e.ServiceRegion.Is() {
		return e.ServiceRegion.V
	}
	return e.VPC.Region
}

// named returns the endpoint with a vpce name that host is or is below, or nil.
func (p *Planner) named(host string) *topology.Endpoint {
	for name := host; strings.Contains(name, "."); _, name, _ = strings.Cut(name, ".") {
		if e := p.dnsNames[name]; e != nil {
			return e
		}
	}
	return nil
}

// serves reports whether e, which a zone answers with, leads to what is asked
// for. A name of it, wherever it is resolved, is a name of its service.
func (w *walk) serves(e *topology.Endpoint) bool {
	if e.Kind != topology.InterfaceEndpoint {
		return false
	}
	a := &w.asked
	if a.VPCE {
		return w.p.named(a.Host) == e
	}
	w.assumeRegion(e)
	if a.Service == strings.TrimSuffix(e.AWSService, "-fips") && a.Region == regionOf(e) {
		return true
	}
	for _, name := range namesOf(e) {
		if zone, wild := strings.CutPrefix(name, "*."); name == a.Host || wild && under(a.Host, zone) {
			return true
		}
	}
	return false
}

// assumeRegion notes that e leads to the Region of its VPC.
func (w *walk) assumeRegion(e *topology.Endpoint) {
	w.assume(unwritten(e.ServiceRegion.State), key{"vpcs.", e.VPC.Name, ".endpoints.", e.Name, ".service_region"}, e.VPC.Region)
}
