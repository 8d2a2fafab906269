package topology

import (
	"net/netip"

	"github.com/deguchi-project/deguchi/internal/model/policy"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// fileType is the table of a topology file.
var fileType = yamldoc.Object("", draft{},
	yamldoc.Required("version", "The version of this format: 1.", versionType, func(f *draft) *int { return &f.version }),
	yamldoc.Optional("title", "Free text.", stringType, func(f *draft) *string { return &f.title }),
	yamldoc.Optional("accounts", "AWS accounts. main and aws always exist.", yamldoc.Group(named, accountType), func(f *draft) *[]yamldoc.Named[Account] { return &f.accounts }),
	yamldoc.Optional("sites", "On-premises networks and other clouds.", yamldoc.Group(named, siteType), func(f *draft) *[]yamldoc.Named[siteDraft] { return &f.sites }),
	yamldoc.Optional("vpcs", "VPCs.", yamldoc.Group(named, vpcType), func(f *draft) *[]yamldoc.Named[vpcDraft] { return &f.vpcs }),
	yamldoc.Optional("links", "What joins networks.", yamldoc.Group(named, linkType), func(f *draft) *[]yamldoc.Named[linkDraft] { return &f.links }),
	yamldoc.Optional("nlbs", "Load balancers.", yamldoc.Group(named, nlbType), func(f *draft) *[]yamldoc.Named[nlbDraft] { return &f.nlbs }),
	yamldoc.Optional("endpoint_services", "Load balancers offered by PrivateLink.", yamldoc.Group(named, endpointServiceType), func(f *draft) *[]yamldoc.Named[serviceDraft] { return &f.services }),
	yamldoc.Optional("proxies", "Forward proxies.", yamldoc.Group(named, proxyType), func(f *draft) *[]yamldoc.Named[proxyDraft] { return &f.proxies }),
	yamldoc.Optional("clients", "Machines that send requests.", yamldoc.Group(named, clientType), func(f *draft) *[]yamldoc.Named[clientDraft] { return &f.clients }),
	yamldoc.Optional("buckets", "S3 buckets.", yamldoc.Group(named, bucketType), func(f *draft) *[]yamldoc.Named[bucketDraft] { return &f.buckets }),
	yamldoc.Optional("tests", "Requests with the answer that is expected.", yamldoc.AnyOf(testType), func(f *draft) *[]testDraft { return &f.tests }),
)

// Schema returns the JSON Schema of topologies.
func Schema() ([]byte, error) { return fileType.Schema.JSON("Deguchi topology") }

var versionType = yamldoc.Type[int]{Schema: yamldoc.Schema{"const": 1}, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (int, bool) {
	if !d.Want(n, yamldoc.Int) {
		return 0, false
	}
	if n.Text != "1" {
		d.Add(n, "DG2203", say("DG2203.version", n.Text).With(here(d)))
		return 0, false
	}
	return 1, true
}}

var accountType = yamldoc.Object("account", Account{},
	yamldoc.Optional("id", "12 digits, quoted: lets policies name the account by id.", setting(accountID), func(a *Account) *Setting[string] { return &a.ID }),
	yamldoc.Optional("org", "Its organization, for aws:PrincipalOrgID and the like.", setting(stringType), func(a *Account) *Setting[string] { return &a.Org }),
)

var siteType = yamldoc.Object("site", siteDraft{dns: noSiteDNS},
	yamldoc.Required("cidr", "Its addresses.", cidr4, func(s *siteDraft) *netip.Prefix { return &s.CIDR }),
	yamldoc.Optional("internet", "The site itself reaches the internet. Default: false.", boolean, func(s *siteDraft) *Setting[bool] { return &s.Internet }),
	yamldoc.Optional("public_ip", "The source address that AWS sees. Default: not known.", setting(addr4), func(s *siteDraft) *Setting[netip.Addr] { return &s.PublicIP }),
	yamldoc.Optional("dns", "What its servers resolve.", siteDNSType, func(s *siteDraft) *siteDNSDraft { return &s.dns }),
)

var noSiteDNS = siteDNSDraft{SiteDNS: SiteDNS{ProxyNames: byDefault(true)}}

var siteDNSType = yamldoc.Object("dns", noSiteDNS,
	yamldoc.Optional("public", "Resolves public names. Default: false.", boolean, func(s *siteDNSDraft) *Setting[bool] { return &s.Public }),
	yamldoc.Optional("proxy_names", "Resolves the names of proxies and load balancers. Default: true.", boolean, func(s *siteDNSDraft) *Setting[bool] { return &s.ProxyNames }),
	yamldoc.Optional("forward", "Zones sent elsewhere: VPC/inbound or VPC/+2.", yamldoc.Group(zoneName, placedText), func(s *siteDNSDraft) *[]yamldoc.Named[text] { return &s.forward }),
)

var bucketType = yamldoc.Object("bucket", bucketDraft{},
	yamldoc.Required("region", "Its Region.", regionType, func(b *bucketDraft) *string { return &b.Region }),
	yamldoc.Optional("account", "Its owner. Default: main.", setting(placedText), func(b *bucketDraft) *Setting[text] { return &b.account }),
	yamldoc.Optional("policy", "A list of statements. Default: none.", bucketPolicy, func(b *bucketDraft) *Setting[policy.Policy] { return &b.Policy }),
)
