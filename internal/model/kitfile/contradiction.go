package kitfile

import (
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// network reports whether somebody can have the addresses of p, and says so if not.
func (c *checker) network(p Prefix) bool {
	if class := netset.Classify(p.V.Addr()); class == netset.Private || class == netset.Public || p.V.Bits() < 8 && !p.V.Addr().IsMulticast() {
		return true
	}
	c.at(Text{Pos: p.Pos, Len: p.Len}, say("DG6103.nobody", p.V.String()), say("DG6103.hint.nobody"))
	return false
}

// vpc looks at the fleet's VPC. One that is there may be given with the sum of its
// ranges.
func (c *checker) vpc(v VPC) bool {
	if !c.network(v.CIDR) {
		return false
	}
	if bits := v.CIDR.V.Bits(); v.New() && (bits < 16 || bits > 28) {
		c.at(Text{Pos: v.CIDR.Pos, Len: v.CIDR.Len}, say("DG6103.vpc", v.CIDR.V.String()), say("DG6103.hint.size"))
		return false
	}
	return true
}

// ports finds one port for clients and for health checks.
func (c *checker) ports() {
	if c.kit.Port != c.kit.AdminPort {
		return
	}
	for _, key := range []string{"admin_port", "port"} {
		if n := c.root.Find(key); n != nil {
			c.add(n.Pos, n.Len, say("DG6108.ports", strconv.Itoa(int(c.kit.Port))), say("DG6108.hint.ports"))
			return
		}
	}
}

// twice finds what stands in the file a second time.
func (c *checker) twice() {
	jobs, subnets, endpoints := make(map[string]bool), make(map[string]bool), make(map[string]string)
	for _, j := range c.kit.Jobs {
		if jobs[j.V] {
			c.at(j, say("DG6107.twice", j.V), say("DG6107.hint.twice"))
		}
		jobs[j.V] = true
	}
	zones := slices.Clone(c.kit.Zones)
	for _, o := range c.kit.Consumers {
		zones = append(zones, o.Zones...)
		if other, ok := endpoints[o.Endpoint.V]; ok && o.Endpoint.V != "" {
			c.at(o.Endpoint, say("DG6109.twice", o.Name.V, other), say("DG6109.hint.twice"))
		}
		endpoints[o.Endpoint.V] = o.Name.V
	}
	for _, z := range zones {
		if subnets[z.Subnet] && z.Subnet != "" {
			c.at(z.Name, say("DG6104.twice", z.Name.V, z.Subnet), say("DG6104.hint.twice"))
		}
		subnets[z.Subnet] = true
	}
}

// endpoints finds endpoints that are said to be there and cannot be.
func (c *checker) endpoints() {
	for _, s := range c.kit.Endpoints.Present {
		switch {
		case c.kit.VPC.New():
			c.at(s, say("DG6104.present", s.V), say("DG6104.hint.present"))
		case slices.ContainsFunc(c.kit.Endpoints.Add, func(a Text) bool { return a.V == s.V }):
			c.at(s, say("DG6104.both", s.V), say("DG6104.hint.both"))
		}
	}
}

// topic finds a topic that the alarms of the fleet's Region do not reach.
func (c *checker) topic() {
	n := c.root.Find("topic")
	parts := strings.Split(c.kit.Topic, ":")
	if n == nil || len(parts) < 4 {
		return
	}
	if parts[3] != c.kit.Region || parts[1] != awsdata.PartitionOf(c.kit.Region) {
		c.add(n.Pos, n.Len, say("DG6101.topic", c.kit.Region), say("DG6101.hint.topic-region"))
	}
}

// instance finds a type that AWS does not have, and a fleet of one.
func (c *checker) instance() {
	if t := c.draft.instances.typ; t.V != "" && !awsdata.HasInstanceType(t.V) {
		hint := say("DG6101.hint.instance")
		if near, ok := NearestType(t.V); ok {
			hint = reason.New("hint.meant", yamldoc.Quote(near))
		}
		c.at(t, say("DG6108.type", t.V), hint)
	}
	if c.kit.Instances.Least < 2 {
		n := c.root.Find("instances").Find("least") // no default is as low
		c.add(n.Pos, n.Len, say("DG6108.least"), say("DG6108.hint.least")).Severity = diag.Warning
	}
}

// NearestType returns the instance type that kind was probably meant for. There are
// too many to compare with all.
func NearestType(kind string) (string, bool) {
	family, size, _ := strings.Cut(kind, ".")
	var near []string
	for _, other := range awsdata.InstanceTypes() {
		f, s, _ := strings.Cut(other, ".")
		if f == family || s == size && len(f) > 0 && len(family) > 0 && f[0] == family[0] {
			near = append(near, other)
		}
	}
	return yamldoc.Nearest(kind, near)
}
