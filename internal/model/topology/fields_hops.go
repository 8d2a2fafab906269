package topology

import (
	"net/netip"

	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

var nlbType = yamldoc.Object("nlb", nlbDraft{NLB: NLB{PreserveClientIP: byDefault(true), EnforceSG: byDefault(true), IdleTimeout: byDefault(350)}},
	yamldoc.Required("at", "vpc/subnet or a list: one node per subnet.", oneOrMore, func(l *nlbDraft) *[]text { return &l.at }),
	yamldoc.Required("listeners", "Ports.", distinct(yamldoc.ListOf(portType)), func(l *nlbDraft) *[]uint16 { return &l.Listeners }),
	yamldoc.Required("targets", "Proxies of the same VPC.", distinct(texts), func(l *nlbDraft) *[]text { return &l.targets }),
	yamldoc.Optional("type", "nlb or alb. Default: nlb.", word([]string{"nlb", "alb"}, false, true), func(l *nlbDraft) *Setting[bool] { return &l.ALB }),
	yamldoc.Optional("ip", "Private address of the node. Default: not known.", setting(addr4), func(l *nlbDraft) *Setting[netip.Addr] { return &l.IP }),
	yamldoc.Optional("preserve_client_ip", "Targets see the client's address; never through PrivateLink. Default: true.", boolean, func(l *nlbDraft) *Setting[bool] { return &l.PreserveClientIP }),
	yamldoc.Optional("proxy_protocol", "PROXY protocol v2 to the targets. Default: false.", boolean, func(l *nlbDraft) *Setting[bool] { return &l.ProxyProtocol }),
	yamldoc.Optional("cross_zone", "Nodes use targets of other zones. Default: false.", boolean, func(l *nlbDraft) *Setting[bool] { return &l.CrossZone }),
	yamldoc.Optional("sg_from", "Places that the security group admits. Default: open.", places, func(l *nlbDraft) *Setting[[]text] { return &l.sgFrom }),
	yamldoc.Optional("enforce_sg_on_privatelink", "sg_from is applied to PrivateLink clients too. Default: true.", boolean, func(l *nlbDraft) *Setting[bool] { return &l.EnforceSG }),
	yamldoc.Optional("idle_timeout", "Seconds. Default: 350.", setting(seconds), func(l *nlbDraft) *Setting[int] { return &l.IdleTimeout }),
)

var endpointServiceType = yamldoc.Object("service", serviceDraft{},
	yamldoc.Required("nlb", "The load balancer behind it.", placedText, func(s *serviceDraft) *text { return &s.nlb }),
	yamldoc.Optional("allow", "Accounts besides the owner. Default: none.", orUnknown(distinct(texts)), func(s *serviceDraft) *Setting[[]text] { return &s.allow }),
	yamldoc.Optional("accept", "manual needs accepted at the endpoint. Default: manual.", word([]string{"manual", "auto"}, false, true), func(s *serviceDraft) *Setting[bool] { return &s.Auto }),
	yamldoc.Optional("regions", "Regions besides its own. Default: none.", orUnknown(distinct(yamldoc.AnyOf(regionType))), func(s *serviceDraft) *Setting[[]string] { return &s.Regions }),
)

var proxyType = yamldoc.Object("proxy", proxyDraft{Proxy: Proxy{IMDS: byDefault(IMDSv2), XForwardedFor: byDefault(true)}},
	yamldoc.Required("at", "vpc/subnet or site.", placedText, func(p *proxyDraft) *text { return &p.at }),
	yamldoc.Required("port", "Its port.", portType, func(p *proxyDraft) *uint16 { return &p.Port }),
	yamldoc.Optional("ip", "Its IPv4 address. Default: not known.", setting(addr4), func(p *proxyDraft) *Setting[netip.Addr] { return &p.IP }),
	yamldoc.Optional("ipv6", "Its IPv6 address. Default: none.", setting(addr6), func(p *proxyDraft) *Setting[netip.Addr] { return &p.IPv6 }),
	yamldoc.Optional("public_ip", "Its Elastic IP. Default: none.", setting(addr4), func(p *proxyDraft) *Setting[netip.Addr] { return &p.PublicIP }),
	yamldoc.Optional("allow_domains", "Names that it lets through. Default: any.", orUnknown(distinct(yamldoc.AnyOf(domainType))), func(p *proxyDraft) *Setting[[]string] { return &p.AllowDomains }),
	yamldoc.Optional("allow_sources", "Places that it serves. Default: any.", places, func(p *proxyDraft) *Setting[[]text] { return &p.allowSources }),
	yamldoc.Optional("sg_from", "Places that the security group admits. Default: open.", places, func(p *proxyDraft) *Setting[[]text] { return &p.sgFrom }),
	yamldoc.Optional("sg_to", "Places or pl:s3, pl:dynamodb that the security group lets out to. Default: open.", places, func(p *proxyDraft) *Setting[[]text] { return &p.sgTo }),
	yamldoc.Optional("imds", "Metadata service of its own instance. Default: v2.", word([]string{"v1", "v2", "none"}, IMDSv1, IMDSv2, NoIMDS), func(p *proxyDraft) *Setting[IMDS] { return &p.IMDS }),
	yamldoc.Optional("x_forwarded_for", "It adds X-Forwarded-For. Default: true.", boolean, func(p *proxyDraft) *Setting[bool] { return &p.XForwardedFor }),
	yamldoc.Optional("deny_link_local", "It refuses 169.254.0.0/16 and the like. Default: false.", boolean, func(p *proxyDraft) *Setting[bool] { return &p.DenyLinkLocal }),
	yamldoc.Optional("proxy_protocol", "It expects PROXY protocol v2. Default: false.", boolean, func(p *proxyDraft) *Setting[bool] { return &p.ProxyProtocol }),
	yamldoc.Optional("config", "A Deguchi configuration, relative to this file, whose rules decide.", setting(placedText), func(p *proxyDraft) *Setting[text] { return &p.config }),
	yamldoc.Optional("parent", "The next proxy. Default: none.", setting(placedText), func(p *proxyDraft) *Setting[text] { return &p.parent }),
	yamldoc.Optional("parent_for", "Names that go to the parent. Default: every name.", orUnknown(distinct(yamldoc.AnyOf(domainType))), func(p *proxyDraft) *Setting[[]string] { return &p.ParentFor }),
)

var clientType = yamldoc.Object("client", clientDraft{Client: Client{ProxyEnv: byDefault(ProxyEnv{true, true}), Program: byDefault("aws-cli-v2")}},
	yamldoc.Required("at", "vpc/subnet, site, or the proxy on whose host it runs.", placedText, func(c *clientDraft) *text { return &c.at }),
	yamldoc.Optional("ip", "Its IPv4 address. Default: not known.", setting(addr4), func(c *clientDraft) *Setting[netip.Addr] { return &c.IP }),
	yamldoc.Optional("ipv6", "Its IPv6 address. Default: none.", setting(addr6), func(c *clientDraft) *Setting[netip.Addr] { return &c.IPv6 }),
	yamldoc.Optional("public_ip", "Its public address. Default: none.", setting(addr4), func(c *clientDraft) *Setting[netip.Addr] { return &c.PublicIP }),
	yamldoc.Optional("proxy", "Proxy, load balancer or vpc/endpoint, with or without :PORT. Default: none.", setting(placedText), func(c *clientDraft) *Setting[text] { return &c.proxy }),
	yamldoc.Optional("proxy_env", "Which of HTTP_PROXY and HTTPS_PROXY are set. Default: both.", envType, func(c *clientDraft) *Setting[ProxyEnv] { return &c.ProxyEnv }),
	yamldoc.Optional("no_proxy", "Entries of NO_PROXY. Default: none.", orUnknown(yamldoc.AnyOf(noProxyEntry)), func(c *clientDraft) *Setting[[]string] { return &c.NoProxy }),
	yamldoc.Optional("program", "Whose rules for NO_PROXY apply. Default: aws-cli-v2.", setting(programType), func(c *clientDraft) *Setting[string] { return &c.Program }),
	yamldoc.Optional("credentials", "Where the credentials come from. Default: static.", credentialsType, func(c *clientDraft) *Setting[Credentials] { return &c.Credentials }),
	yamldoc.Optional("sg_to", "Places or pl:s3, pl:dynamodb that the security group lets out to. Default: open.", places, func(c *clientDraft) *Setting[[]text] { return &c.sgTo }),
	yamldoc.Optional("keepalive", "TCP keepalive interval in seconds. Default: none.", setting(seconds), func(c *clientDraft) *Setting[int] { return &c.Keepalive }),
)

var credentialsType = word([]string{"static", "imds", "imds-ipv6", "ecs", "eks", "eks-ipv6"},
	StaticCredentials, IMDSCredentials, IMDSIPv6Credentials, ECSCredentials, EKSCredentials, EKSIPv6Credentials)
