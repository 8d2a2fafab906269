package kitfile

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// checker looks at what the parts of a file say about each other.
type checker struct {
	kit      *Kit
	draft    *draft
	root     *yamldoc.Node
	problems []diag.Problem
}

var say = reason.New

// add reports a problem at a place. The first six letters of its words are its
// code.
func (c *checker) add(pos diag.Pos, length int, summary, hint reason.Because) *diag.Problem {
	p := diag.Problem{Pos: pos, Len: length, Code: string(summary.Code)[:len("DG6101")], Summary: summary, Hint: hint}
	c.problems = append(c.problems, p)
	return &c.problems[len(c.problems)-1]
}

func (c *checker) at(t Text, summary, hint reason.Because) *diag.Problem {
	return c.add(t.Pos, t.Len, summary, hint)
}

func (c *checker) all() {
	k := c.kit
	if c.vpc(k.VPC) { // else all that is in it would be wrong
		c.zones(k.Zones, k.VPC, k.Exit == NAT)
		c.sites()
	}
	for _, o := range k.Consumers {
		c.consumer(o)
	}
	c.names()
	c.ports()
	c.twice()
	c.endpoints()
	c.topic()
	c.allowed()
	c.program()
	c.machines()
	c.instance()
	if k.Logs.Lock != NoLock && k.Logs.Archive == 0 {
		at := c.draft.logs.at
		c.add(at.Pos, at.Len, say("DG6110"), say("DG6110.hint"))
	}
}

var (
	letter    = regexp.MustCompile(`^[a-z]$`)
	shortName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,19}$`)
)

// Fleet is what the fleet's VPC is called among sites and consumers.
const Fleet = "fleet"

// names looks at the names of sites and consumers, which share one set.
func (c *checker) names() {
	var all []Text
	for _, s := range c.kit.Sites {
		all = append(all, s.Name)
	}
	for _, o := range c.kit.Consumers {
		all = append(all, o.Name)
	}
	taken := map[string]bool{Fleet: true}
	for _, t := range all {
		if !shortName.MatchString(t.V) {
			c.at(t, say("DG6101", yamldoc.Quote(t.V), "name"), say("DG6101.hint.name"))
		}
		if taken[t.V] {
			c.at(t, say("DG6114", yamldoc.Quote(t.V)), say("DG6114.hint"))
		}
		taken[t.V] = true
	}
}

// zones looks at the subnets of a VPC. Nat says whether NAT gateways are made.
func (c *checker) zones(zones []Zone, vpc VPC, nat bool) {
	var taken []Prefix
	for _, z := range zones {
		if !letter.MatchString(z.Name.V) {
			c.at(z.Name, say("DG6101", yamldoc.Quote(z.Name.V), "zones"), say("DG6101.hint.zone"))
		}
		c.belongs(z, vpc, nat)
		for _, p := range []Prefix{z.CIDR, z.NAT} {
			if p.V.IsValid() {
				c.subnet(p, vpc, taken)
				taken = append(taken, p)
			}
		}
	}
	if len(zones) == 1 {
		p := c.at(zones[0].Name, say("DG6105", yamldoc.Quote(zones[0].Name.V)), say("DG6105.hint"))
		p.Severity = diag.Warning
	}
}

// belongs finds keys that do not go with the VPC being new or there.
func (c *checker) belongs(z Zone, vpc VPC, nat bool) {
	missing := func(key, where string) {
		c.at(z.Name, say("DG6104", z.Name.V, key), say("DG6104.hint."+reason.Code(where)))
	}
	extra := func(key, where string) {
		c.at(z.Name, say("DG6104.extra", z.Name.V, key), say("DG6104.hint."+reason.Code(where)))
	}
	switch {
	case !vpc.New() && z.Subnet == "":
		missing("subnet", "there")
	case !vpc.New() && z.Table == "" && c.kit.Exit == Closed && vpc == c.kit.VPC:
		missing("table", "table")
	case vpc.New() && z.Subnet != "":
		extra("subnet", "new")
	case vpc.New() && z.Table != "":
		extra("table", "new")
	case nat && !z.NAT.V.IsValid():
		missing("nat", "nat")
	case z.NAT.V.IsValid() && !nat:
		extra("nat", "no-nat")
	}
}

// subnet finds what is wrong with p beside those that are taken. AWS takes
// subnets from /28 to /16.
func (c *checker) subnet(p Prefix, vpc VPC, taken []Prefix) {
	at := Text{Pos: p.Pos, Len: p.Len}
	switch {
	case p.V.Bits() < 16 || p.V.Bits() > 28:
		c.at(at, say("DG6103.size", p.V.String()), say("DG6103.hint.size"))
	case !inside(p.V, vpc.CIDR.V):
		c.at(at, say("DG6103", p.V.String(), vpc.CIDR.V.String()), reason.Because{})
	default:
		for _, other := range taken {
			if other.V.Overlaps(p.V) {
				c.at(at, say("DG6103.overlap", p.V.String(), other.V.String()), reason.Because{})
				return
			}
		}
	}
}

func inside(inner, outer netip.Prefix) bool {
	return outer.Bits() <= inner.Bits() && outer.Overlaps(inner)
}

// consumer looks at one VPC that is to use PrivateLink. Its addresses may be
// those of the fleet: nothing is routed between them.
func (c *checker) consumer(o Consumer) {
	if o.VPC.New() {
		c.at(o.Name, say("DG6104.consumer", o.Name.V), say("DG6104.hint.consumer"))
		return
	}
	for _, from := range o.From {
		c.network(from)
	}
	c.zones(o.Zones, o.VPC, false)
	for _, z := range o.Zones {
		if !c.offered(z) {
			c.at(z.Name, say("DG6105.consumer", yamldoc.Quote(z.Name.V)), say("DG6105.hint.consumer"))
		}
	}
	if o.Endpoint.V == "" {
		c.at(o.Name, say("DG6109", o.Name.V), say("DG6109.hint")).Severity = diag.Note
	}
}

// offered reports whether the fleet stands in zone z, too. The letters of other
// accounts name other zones; what they mean is theirs to find out.
func (c *checker) offered(z Zone) bool {
	for _, own := range c.kit.Zones {
		if own.Name.V == z.Name.V {
			return true
		}
	}
	return false
}

// sites finds networks that routes cannot tell from the VPC or each other.
func (c *checker) sites() {
	for i, s := range c.kit.Sites {
		if !c.network(s.CIDR) {
			continue
		}
		at := Text{Pos: s.CIDR.Pos, Len: s.CIDR.Len}
		vpc := c.kit.VPC.CIDR.V
		if s.CIDR.V.Overlaps(vpc) && (s.Through != "" || !inside(s.CIDR.V, vpc)) {
			c.at(at, say("DG6103.overlap", s.CIDR.V.String(), vpc.String()), say("DG6103.hint.site"))
		}
		for _, other := range c.kit.Sites[:i] {
			if other.CIDR.V == s.CIDR.V {
				c.at(at, say("DG6103.overlap", s.CIDR.V.String(), other.CIDR.V.String()), reason.Because{})
			}
		}
	}
	if len(c.kit.Sites)+len(c.kit.Consumers) == 0 {
		c.at(c.draft.region, say("DG6106"), say("DG6106.hint"))
	}
}

// allowed looks at what stands for the rules.
func (c *checker) allowed() {
	k := c.kit
	switch own := len(k.Jobs) > 0 || k.Rules != nil; {
	case own && k.Configuration.V != "":
		c.at(k.Configuration, say("DG6107.both"), say("DG6107.hint.both"))
	case !own && k.Configuration.V == "":
		c.at(c.draft.region, say("DG6107"), say("DG6107.hint"))
	case k.Rules != nil && k.Rules.Kind != yamldoc.List:
		at := yamldoc.Item(k.Rules)
		c.add(at.Pos, at.Len, say("DG6107.list"), reason.Because{})
	}
}

// program looks at where the program comes from.
func (c *checker) program() {
	binary, rpm := c.draft.binary, c.draft.rpm
	switch {
	case binary.there && rpm.there:
		for _, e := range c.root.Entries {
			if e.Key.Text == "package" {
				c.add(e.Key.Pos, e.Key.Len, say("DG6118.both"), say("DG6118.hint.both"))
			}
		}
	case !binary.there && !rpm.there:
		c.at(c.draft.region, say("DG6118"), say("DG6118.hint"))
	case strings.HasSuffix(binary.key.V, ".rpm") || strings.HasSuffix(binary.key.V, ".deb"):
		c.at(binary.key, say("DG6118.package", binary.key.V), say("DG6118.hint.package"))
	}
	for _, key := range []Text{binary.key, rpm.key} {
		if arch := processor(key.V); arch != "" && (arch == "arm64") != c.kit.Instances.ARM {
			p := c.at(key, say("DG6108.program", key.V, arch), say("DG6108.hint"))
			p.Severity = diag.Warning
		}
	}
}

// processor is what the name of a file says that it is for, empty if it says
// nothing, or both.
func processor(name string) string {
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(name, w) })
	}
	switch arm, intel := has("arm64", "aarch64"), has("amd64", "x86_64"); {
	case arm == intel:
		return ""
	case arm:
		return "arm64"
	}
	return "amd64"
}

// machines looks at the instances.
func (c *checker) machines() {
	i, at := c.kit.Instances, c.draft.instances.at
	if i.Least > i.Most {
		c.add(at.Pos, at.Len, say("DG6108.order"), reason.Because{})
	}
	if t := c.draft.instances.typ; t.V != "" && awsdata.HasInstanceType(t.V) && Graviton(t.V) != i.ARM {
		c.at(t, say("DG6108", t.V, map[bool]string{true: "amd64", false: "arm64"}[i.ARM]), say("DG6108.hint"))
	}
}

// Graviton reports whether an instance type has an ARM processor: those of
// Graviton have a g after the number of their generation (EC2 user guide,
// "Instance type naming convention"); a1 was the first.
func Graviton(instance string) bool {
	family, _, _ := strings.Cut(instance, ".")
	digit := strings.IndexAny(family, "0123456789")
	return family == "a1" || digit >= 0 && strings.Contains(family[digit:], "g")
}
