package check

import (
	"slices"
	"strconv"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// path is the keys that lead to a place in the file.
type path []string

// to returns p with more keys.
func (p path) to(keys ...string) path { return slices.Concat(p, keys) }

// item returns p with the number of an item, from 0.
func (p path) item(i int) path { return p.to(strconv.Itoa(i)) }

func ofClient(c *topology.Client) path { return path{"clients", c.Name} }
func ofProxy(p *topology.Proxy) path   { return path{"proxies", p.Name} }
func ofNLB(l *topology.NLB) path       { return path{"nlbs", l.Name} }
func ofSite(s *topology.Site) path     { return path{"sites", s.Name} }
func ofVPC(v *topology.VPC) path       { return path{"vpcs", v.Name} }
func ofSubnet(s *topology.Subnet) path { return ofVPC(s.VPC).to("subnets", s.Name) }
func ofEndpoint(e *topology.Endpoint) path {
	return ofVPC(e.VPC).to("endpoints", e.Name)
}
