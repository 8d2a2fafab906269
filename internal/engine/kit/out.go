package kit

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/model/config"
	"github.com/deguchi-project/deguchi/internal/model/kitfile"
)

type portRange = config.PortRange

// out is how a request goes on from an instance.
type out struct {
	verdict, answer, endpoint, because string
	path                               []string
}

// out says how a request for host leaves zone z: by an endpoint that takes it,
// else by the exit.
func (p *Plan) out(host string, z kitfile.Zone) out {
	_, name, err := awsdata.Names().Parse(host)
	aws := err == nil && name.Region != ""
	end := "internet"
	if aws {
		end = "aws:" + p.called(name.Service) + "." + name.Region
	}
	if aws && name.Region == p.Kit.Region {
		if s, ok := p.taken(host); ok {
			return out{"reached", "endpoint", fleet + "/" + s, "Private DNS of the endpoint takes it.", []string{"vpce:" + fleet + "/" + s, end}}
		}
		if slices.Contains(p.Gateways, name.Service) {
			s := name.Service
			return out{"reached", "public", fleet + "/" + s, "The route table of the proxies leads to the gateway endpoint.", []string{"vpce:" + fleet + "/" + s, end}}
		}
	}
	switch p.Kit.Exit {
	case kitfile.Internet:
		return out{"reached", "public", "", "The instance has a public address.", []string{"igw:" + fleet, end}}
	case kitfile.NAT:
		return out{"reached", "public", "", "The NAT gateway of the zone.", []string{"nat:" + fleet + "/" + natIn(z), "igw:" + fleet, end}}
	case kitfile.Closed:
	}
	return out{"no-route", "public", "", "No endpoint leads there, and there is no other way.", nil}
}

// taken returns the service of the interface endpoint whose private DNS answers
// for host.
func (p *Plan) taken(host string) (string, bool) {
	for _, s := range p.interfaces() {
		for _, name := range awsdata.PrivateNames(s, p.Kit.Region, "") {
			below, wild := strings.CutPrefix(name, "*")
			if host == name || wild && strings.HasSuffix(host, below) {
				return s, true
			}
		}
	}
	return "", false
}

// called is what topologies call a service of host names: as its endpoints do,
// where one has another name.
func (p *Plan) called(service string) string {
	if found := byHost()[service]; len(found) == 1 {
		return found[0]
	}
	return service
}
