package topology

import (
	"net/netip"

	"github.com/deguchi-project/deguchi/internal/model/policy"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

var vpcType = yamldoc.Object("vpc", vpcDraft{dns: noVPCDNS},
	yamldoc.Required("region", "Its Region.", regionType, func(v *vpcDraft) *string { return &v.Region }),
	yamldoc.Required("cidr", "Its IPv4 addresses.", cidr4, func(v *vpcDraft) *netip.Prefix { return &v.CIDR }),
	yamldoc.Optional("cidr6", "Its IPv6 addresses. Default: none.", setting(cidr6), func(v *vpcDraft) *Setting[netip.Prefix] { return &v.CIDR6 }),
	yamldoc.Optional("account", "Its owner. Default: main.", setting(placedText), func(v *vpcDraft) *Setting[text] { return &v.account }),
	yamldoc.Optional("igw", "An internet gateway is attached. Default: false.", boolean, func(v *vpcDraft) *Setting[bool] { return &v.IGW }),
	yamldoc.Optional("dns", "How names are resolved.", vpcDNSType, func(v *vpcDraft) *vpcDNSDraft { return &v.dns }),
	yamldoc.Required("subnets", "Its subnets.", yamldoc.Group(named, subnetType), func(v *vpcDraft) *[]yamldoc.Named[subnetDraft] { return &v.subnets }),
	yamldoc.Optional("endpoints", "Its endpoints.", yamldoc.Group(named, endpointType), func(v *vpcDraft) *[]yamldoc.Named[endpointDraft] { return &v.endpoints }),
)

var noVPCDNS = vpcDNSDraft{VPCDNS: VPCDNS{Support: byDefault(true), Hostnames: byDefault(true)}}

var vpcDNSType = yamldoc.Object("dns", noVPCDNS,
	yamldoc.Optional("support", "enableDnsSupport. Default: true.", boolean, func(v *vpcDNSDraft) *Setting[bool] { return &v.Support }),
	yamldoc.Optional("hostnames", "enableDnsHostnames. Default: true.", boolean, func(v *vpcDNSDraft) *Setting[bool] { return &v.Hostnames }),
	yamldoc.Optional("resolver", "amazon, or the site whose servers answer. Default: amazon.", setting(placedText), func(v *vpcDNSDraft) *Setting[text] { return &v.resolver }),
	yamldoc.Optional("forward", "Resolver outbound rules: zones with the sites that answer.", yamldoc.Group(zoneName, placedText), func(v *vpcDNSDraft) *[]yamldoc.Named[text] { return &v.forward }),
	yamldoc.Optional("zones", "Private hosted zones with their records.", yamldoc.Group(zoneName, recordsType), func(v *vpcDNSDraft) *[]yamldoc.Named[[]recordDraft] { return &v.zones }),
)

// recordsType is vpc/endpoint for the zone's own name, or a map of labels.
var recordsType = func() yamldoc.Type[[]recordDraft] {
	labels := yamldoc.Group(label, placedText)
	schema := yamldoc.Schema{"anyOf": []yamldoc.Schema{stringType.Schema, labels.Schema}}
	return yamldoc.Type[[]recordDraft]{Schema: schema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (records []recordDraft, ok bool) {
		if n.Kind != yamldoc.Map {
			e, ok := placedText.Read(d, n)
			return []recordDraft{{text{V: "@", Pos: e.Pos, Len: e.Len}, e}}, ok
		}
		entries, ok := labels.Read(d, n)
		for _, e := range entries {
			records = append(records, recordDraft{e.Name, e.V})
		}
		return records, ok
	}}
}()

// label checks the label of a record.
func label(d *yamldoc.Decoder, name *yamldoc.Node) bool {
	if s := name.Text; s == "@" || s == "*" || domainForm.MatchString(s) && s[0] != '.' {
		return true
	}
	d.Add(name, "DG2206", say("DG2206.label", quote(name.Text)).With(here(d)))
	return false
}

var subnetType = yamldoc.Object("subnet", subnetDraft{Subnet: Subnet{AZ: byDefault("a")}},
	yamldoc.Required("cidr", "Its IPv4 addresses, inside the VPC.", yamldoc.Placed(cidr4), func(s *subnetDraft) *yamldoc.At[netip.Prefix] { return &s.cidr }),
	yamldoc.Optional("cidr6", "Its IPv6 addresses, inside cidr6 of the VPC. Default: none.", setting(cidr6), func(s *subnetDraft) *Setting[netip.Prefix] { return &s.CIDR6 }),
	yamldoc.Optional("az", "Its zone. Default: a.", setting(stringType), func(s *subnetDraft) *Setting[string] { return &s.AZ }),
	yamldoc.Optional("nat", "A NAT gateway stands here: true, or its public address. Default: false.", natType, func(s *subnetDraft) *Setting[NAT] { return &s.NAT }),
	yamldoc.Optional("routes", "Destinations with their targets; local and those of gateway endpoints are implied.", yamldoc.Group(nil, placedText), func(s *subnetDraft) *[]yamldoc.Named[text] { return &s.routes }),
	yamldoc.Optional("nacl", "The network ACL. Default: open.", aclType, func(s *subnetDraft) *aclDraft { return &s.acl }),
)

// aclType is a network ACL. All of it may be unknown.
var aclType = func() yamldoc.Type[aclDraft] {
	lists := yamldoc.Object("nacl", aclDraft{},
		yamldoc.Optional("out", "Rules for what leaves: allow or deny, a place or any, a port or PORT-PORT.", orUnknown(texts), func(a *aclDraft) *Setting[[]text] { return &a.out }),
		yamldoc.Optional("in", "Rules for what comes in, likewise.", orUnknown(texts), func(a *aclDraft) *Setting[[]text] { return &a.in }),
	)
	either := orUnknown(lists)
	return yamldoc.Type[aclDraft]{Schema: either.Schema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (aclDraft, bool) {
		s, ok := either.Read(d, n)
		if s.State == Unknown {
			unknown := Setting[[]text]{State: Unknown, Pos: s.Pos}
			return aclDraft{unknown, unknown}, ok
		}
		return s.V, ok
	}}
}()

// endpointKinds are the keys of an endpoint of which it has exactly one.
var endpointKinds = []string{"gateway", "interface", "privatelink"}

var endpointType = fitting(exactlyOne(yamldoc.Object("endpoint", endpointDraft{},
	yamldoc.Optional("gateway", "A gateway endpoint: s3, dynamodb or s3express.", placedText, func(e *endpointDraft) *text { return &e.gateway }),
	yamldoc.Optional("interface", "An interface endpoint: the service as in com.amazonaws.REGION.SERVICE.", serviceType, func(e *endpointDraft) *string { return &e.AWSService }),
	yamldoc.Optional("privatelink", "An endpoint of an endpoint service.", placedText, func(e *endpointDraft) *text { return &e.privatelink }),
	yamldoc.Required("subnets", "Gateway: subnets whose route table holds the route. Others: subnets with an interface.", distinct(texts), func(e *endpointDraft) *[]text { return &e.subnets }),
	yamldoc.Optional("policy", "full, or a list of statements. Default: full.", endpointPolicy, func(e *endpointDraft) *Setting[policy.Policy] { return &e.Policy }),
	yamldoc.Optional("ip", "ipv4, or dualstack for IPv6 too. Default: ipv4.", word([]string{"ipv4", "dualstack"}, false, true), func(e *endpointDraft) *Setting[bool] { return &e.DualStack }),
	yamldoc.Optional("private_dns", "For whom the private names resolve to it. Default: all.", privateDNSType, func(e *endpointDraft) *Setting[PrivateDNS] { return &e.PrivateDNS }),
	yamldoc.Optional("names", "The private names, where they differ from the catalogue.", setting(distinct(yamldoc.AnyOf(privateName))), func(e *endpointDraft) *Setting[[]string] { return &e.Names }),
	yamldoc.Optional("dns_name", "Its vpce- name: it and names below it resolve everywhere to this endpoint.", setting(exactDomain), func(e *endpointDraft) *Setting[string] { return &e.DNSName }),
	yamldoc.Optional("service_region", "For a cross-Region endpoint. Default: the VPC's.", setting(regionType), func(e *endpointDraft) *Setting[string] { return &e.ServiceRegion }),
	yamldoc.Optional("sg_from", "Places that the security group admits. Default: open.", places, func(e *endpointDraft) *Setting[[]text] { return &e.sgFrom }),
	yamldoc.Optional("accepted", "The owner accepted the connection. Default: false.", boolean, func(e *endpointDraft) *Setting[bool] { return &e.Accepted }),
), endpointKinds...), "DG2106.endpoint", map[string][]string{
	"gateway":     {"policy", "ip"},
	"interface":   {"policy", "private_dns", "names", "dns_name", "service_region", "sg_from"},
	"privatelink": {"dns_name", "sg_from", "accepted"},
})

// linkKinds are the keys of a link of which it has exactly one.
var linkKinds = []string{"peering", "tgw", "dx", "vpn"}

var linkType = linked(fitting(exactlyOne(yamldoc.Object("link", linkDraft{},
	yamldoc.Optional("peering", "The two VPCs of a peering connection.", yamldoc.Placed(distinct(texts)), func(l *linkDraft) *yamldoc.At[[]text] { return &l.members }),
	yamldoc.Optional("tgw", "VPCs and sites on a transit gateway.", yamldoc.Placed(distinct(texts)), func(l *linkDraft) *yamldoc.At[[]text] { return &l.members }),
	yamldoc.Optional("routes", "Static routes of a transit gateway.", yamldoc.Group(nil, placedText), func(l *linkDraft) *[]yamldoc.Named[text] { return &l.routes }),
	yamldoc.Optional("dx", "The site of a Direct Connect.", placedText, func(l *linkDraft) *text { return &l.site }),
	yamldoc.Optional("vif", "public: a public virtual interface.", yamldoc.OneOf("public"), func(l *linkDraft) *string { return &l.vif }),
	yamldoc.Optional("vpn", "The site of a site-to-site VPN.", placedText, func(l *linkDraft) *text { return &l.site }),
	yamldoc.Optional("vpc", "The VPC at the other end.", placedText, func(l *linkDraft) *text { return &l.vpc }),
), linkKinds...), "DG2106.link", map[string][]string{
	"peering": nil,
	"tgw":     {"routes"},
	"dx":      {"vpc", "vif"},
	"vpn":     {"vpc"},
}))

// linked tells the sort of a link, and checks that its other end is named.
func linked(t yamldoc.Type[linkDraft]) yamldoc.Type[linkDraft] {
	read := t.Read
	t.Read = func(d *yamldoc.Decoder, n *yamldoc.Node) (linkDraft, bool) {
		l, ok := read(d, n)
		ends := given(n, []string{"vpc", "vif"})
		switch {
		case !ok:
		case n.Find("peering") != nil:
			l.kind = Peering
		case n.Find("tgw") != nil:
			l.kind = TGW
		case n.Find("vpn") != nil:
			l.kind = VPN
			if n.Find("vpc") == nil {
				missingKey(d, n, "vpc")
			}
		case len(ends) != 1:
			d.Add(nameOf(d, n), "DG2103", say("DG2103", "vpc, vif").With(here(d)))
		case ends[0] == "vif":
			l.kind = DXPublic
		default:
			l.kind = DX
		}
		return l, ok
	}
	return t
}
