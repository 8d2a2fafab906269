package config

import (
	"net/netip"
	"time"

	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// text is text with its place.
type text = yamldoc.At[string]

// file is deguchi.yaml as written: read by the tables below, before what its
// parts say about each other is checked.
type file struct {
	version  int
	listen   []listener
	admin    text
	mode     Mode
	clients  []yamldoc.Named[client]
	rules    []rule
	private  private
	upstream []parent
	resolve  Resolve
	limits   Limits
	sni      SNI
	log      Log
	unsafe   []prefix
	tests    []test
}

type prefix = yamldoc.At[netip.Prefix]

type listener struct {
	at      *yamldoc.Node
	address string
	proxy   ProxyProtocol
	trust   []prefix
}

type client struct {
	at        *yamldoc.Node
	from      []prefix
	endpoints []text
	mode      Mode
}

type rule struct {
	at      *yamldoc.Node
	name    text
	clients []text
	allow   *match
	deny    *match
	ticket  string
	until   yamldoc.At[time.Time]
}

// match is allow or deny as written. Every text is a value of the key that it
// is listed under.
type match struct {
	at         *yamldoc.Node
	broken     bool // a value has a problem: what the rest comes to is not known
	job, owner text
	services   []text
	regions    []text
	partitions []text
	kinds      []text
	buckets    []text
	accounts   []text
	variants   []text
	hosts      []host
	ports      []yamldoc.At[PortRange]
	schemes    []text
}

// host is a value of hosts: a name or pattern, or the prefix of literals.
type host struct {
	name text
	net  netip.Prefix // valid for literals
}

type private struct {
	awsNames bool
	networks []prefix
}

type parent struct {
	at    *yamldoc.Node
	proxy proxyURL
	hosts []host
}

type test struct {
	at       *yamldoc.Node
	from     netip.Addr
	endpoint string
	host     text
	port     PortRange
	scheme   string
	verdict  string
	rule     text
	reason   string
}

// defaults is a file in which nothing is written.
var defaults = file{
	listen:  []listener{{address: "127.0.0.1:3128"}},
	private: private{awsNames: true},
	resolve: Resolve{Timeout: 3 * time.Second, Cache: 10_000},
	limits: Limits{
		Tunnels:          50_000,
		TunnelsPerClient: 5_000,
		Header:           16 << 10,
		HeaderTimeout:    10 * time.Second,
		ConnectTimeout:   8 * time.Second,
		Idle:             time.Hour,
		Drain:            120 * time.Second,
	},
	log: Log{File: "-"},
}

// fileType is the table of deguchi.yaml.
var fileType = yamldoc.Object("", defaults,
	yamldoc.Required("version", "The version of this format: 1.", versionType, func(f *file) *int { return &f.version }),
	yamldoc.Optional("listen", "The proxy's ports. Default: 127.0.0.1:3128.", yamldoc.ListOf(listenerType), func(f *file) *[]listener { return &f.listen }),
	yamldoc.Optional("admin", "Address of health, metrics and status. Default: none.", yamldoc.Placed(addressType), func(f *file) *text { return &f.admin }),
	yamldoc.Optional("mode", "Whether refusals by rules are carried out or only recorded.", modeType, func(f *file) *Mode { return &f.mode }),
	yamldoc.Optional("clients", "Who may ask: the first entry that matches names the client. Default: loopback only.", yamldoc.MapOf(clientType), func(f *file) *[]yamldoc.Named[client] { return &f.clients }),
	yamldoc.Optional("rules", "What clients may reach: the first rule that matches decides; no match denies.", yamldoc.ListOf(ruleType), func(f *file) *[]rule { return &f.rules }),
	yamldoc.Optional("private", "When an allowed name may resolve to a private address.", privateType, func(f *file) *private { return &f.private }),
	yamldoc.Optional("upstream", "Parent proxies: the first that matches is used; none means direct.", yamldoc.AnyOf(parentType), func(f *file) *[]parent { return &f.upstream }),
	yamldoc.Optional("resolve", "How names are looked up.", resolveType, func(f *file) *Resolve { return &f.resolve }),
	yamldoc.Optional("limits", "Bounds of everything that waits or grows.", limitsType, func(f *file) *Limits { return &f.limits }),
	yamldoc.Optional("tls", "What tunnels to port 443 must show.", tlsType, func(f *file) *SNI { return &f.sni }),
	yamldoc.Optional("log", "The access log.", logType, func(f *file) *Log { return &f.log }),
	yamldoc.Optional("unsafe", "For tests and benchmarks only.", unsafeType, func(f *file) *[]prefix { return &f.unsafe }),
	yamldoc.Optional("tests", "Decisions that must hold, run by check and before every reload.", yamldoc.AnyOf(testType), func(f *file) *[]test { return &f.tests }),
)

var modeType = yamldoc.Word[Mode]("enforce", "observe")

var listenerType = placed(yamldoc.Object("listen", listener{},
	yamldoc.Required("address", "host:port; an empty host is every address.", addressType, func(l *listener) *string { return &l.address }),
	yamldoc.Optional("proxy_protocol", "What to make of a PROXY header. Default: off.", yamldoc.Word[ProxyProtocol]("off", "optional", "required"), func(l *listener) *ProxyProtocol { return &l.proxy }),
	yamldoc.Optional("trust", "Senders whose PROXY header counts; needed unless proxy_protocol is off.", yamldoc.ListOf(prefixType), func(l *listener) *[]prefix { return &l.trust }),
), func(l *listener) **yamldoc.Node { return &l.at })

var clientType = placed(yamldoc.Object("client", client{},
	yamldoc.Optional("from", "Source addresses.", yamldoc.ListOf(prefixType), func(c *client) *[]prefix { return &c.from }),
	yamldoc.Optional("endpoints", "PrivateLink endpoint ids, known from PROXY protocol v2.", yamldoc.ListOf(endpointType), func(c *client) *[]text { return &c.endpoints }),
	yamldoc.Optional("mode", "observe records refusals by rules of this client instead of carrying them out.", modeType, func(c *client) *Mode { return &c.mode }),
), func(c *client) **yamldoc.Node { return &c.at })

var ruleType = placed(yamldoc.Object("rule", rule{},
	yamldoc.Optional("name", "Unique name, in log and reasons.", yamldoc.Placed(nameType), func(r *rule) *text { return &r.name }),
	yamldoc.Optional("clients", "Names of clients that the rule is for. Default: all of them.", textsType, func(r *rule) *[]text { return &r.clients }),
	yamldoc.Optional("allow", "What the rule lets through.", allowType, func(r *rule) **match { return &r.allow }),
	yamldoc.Optional("deny", "What the rule refuses.", denyType, func(r *rule) **match { return &r.deny }),
	yamldoc.Optional("ticket", "Free text, in log and reasons.", yamldoc.Free(), func(r *rule) *string { return &r.ticket }),
	yamldoc.Optional("until", "Last day (UTC) on which the rule matches.", yamldoc.Placed(dayType), func(r *rule) *yamldoc.At[time.Time] { return &r.until }),
), func(r *rule) **yamldoc.Node { return &r.at })

var privateType = yamldoc.Object("private", private{awsNames: true},
	yamldoc.Optional("aws_names", "Names of kind api, resource and package-repo may resolve to private addresses. Default: true.", yamldoc.Boolean(), func(p *private) *bool { return &p.awsNames }),
	yamldoc.Optional("networks", "Any allowed name may resolve to private addresses inside these.", yamldoc.AnyOf(prefixType), func(p *private) *[]prefix { return &p.networks }),
)

var parentType = placed(yamldoc.Object("upstream", parent{},
	yamldoc.Required("proxy", "http://host:port of the parent proxy.", proxyType, func(p *parent) *proxyURL { return &p.proxy }),
	yamldoc.Optional("hosts", "Hosts that go through it. Default: all.", yamldoc.ListOf(hostType), func(p *parent) *[]host { return &p.hosts }),
), func(p *parent) **yamldoc.Node { return &p.at })

var resolveType = yamldoc.Object("resolve", defaults.resolve,
	yamldoc.Optional("servers", "Name servers, address or address:port. Default: the machine's own.", yamldoc.AnyOf(serverType), func(r *Resolve) *[]string { return &r.Servers }),
	yamldoc.Optional("timeout", "For one lookup. Default: 3s.", duration(time.Millisecond), func(r *Resolve) *time.Duration { return &r.Timeout }),
	yamldoc.Optional("cache", "Names that are remembered. Default: 10000.", yamldoc.Integer(0, 10_000_000), func(r *Resolve) *int { return &r.Cache }),
)

var limitsType = yamldoc.Object("limits", defaults.limits,
	yamldoc.Optional("tunnels", "Tunnels at a time. Default: 50000.", yamldoc.Integer(1, 10_000_000), func(l *Limits) *int { return &l.Tunnels }),
	yamldoc.Optional("tunnels_per_client", "Connections at a time of one client address or endpoint: tunnels, and those that have not asked yet. Default: 5000.", yamldoc.Integer(1, 10_000_000), func(l *Limits) *int { return &l.TunnelsPerClient }),
	yamldoc.Optional("header", "Size of a request's header. Default: 16KiB.", sizeType, func(l *Limits) *int { return &l.Header }),
	yamldoc.Optional("header_timeout", "For a request's header to arrive. Default: 10s.", duration(time.Millisecond), func(l *Limits) *time.Duration { return &l.HeaderTimeout }),
	yamldoc.Optional("connect_timeout", "For lookup, every dial and a parent's answer. Default: 8s.", duration(time.Millisecond), func(l *Limits) *time.Duration { return &l.ConnectTimeout }),
	yamldoc.Optional("idle", "For a tunnel in which nothing moves. Default: 1h.", duration(time.Millisecond), func(l *Limits) *time.Duration { return &l.Idle }),
	yamldoc.Optional("lifetime", "For a tunnel. Default: 0, no limit.", duration(0), func(l *Limits) *time.Duration { return &l.Lifetime }),
	yamldoc.Optional("drain", "For tunnels to finish when the proxy stops. Default: 120s.", duration(0), func(l *Limits) *time.Duration { return &l.Drain }),
)

var tlsType = yamldoc.Object("tls", SNIMatch,
	yamldoc.Optional("sni", "match: TLS, and its server name is the host that was asked for. Default: match.", yamldoc.Word[SNI]("match", "match-if-present", "off"), func(s *SNI) *SNI { return s }),
)

var logType = yamldoc.Object("log", defaults.log,
	yamldoc.Optional("file", `Path, or "-" for standard output. Default: "-".`, yamldoc.String(), func(l *Log) *string { return &l.File }),
	yamldoc.Optional("format", "json or squid. Default: json.", yamldoc.Word[LogFormat]("json", "squid"), func(l *Log) *LogFormat { return &l.Format }),
	yamldoc.Optional("open", "Also a line when a tunnel opens. Default: false.", yamldoc.Boolean(), func(l *Log) *bool { return &l.Open }),
)

var unsafeType = yamldoc.Object("unsafe", []prefix(nil),
	yamldoc.Optional("addresses", "Otherwise always refused addresses that may be reached; never metadata.", yamldoc.AnyOf(prefixType), func(u *[]prefix) *[]prefix { return u }),
)

var testType = placed(yamldoc.Object("test", test{port: PortRange{443, 443}, scheme: "https"},
	yamldoc.Optional("from", "Address of the client.", addrType, func(t *test) *netip.Addr { return &t.from }),
	yamldoc.Optional("endpoint", "PrivateLink endpoint id that the request comes through.", endpointID, func(t *test) *string { return &t.endpoint }),
	yamldoc.Required("host", "Host that is asked for.", yamldoc.Placed(yamldoc.String()), func(t *test) *text { return &t.host }),
	yamldoc.Optional("port", "Default: 443.", onePortType, func(t *test) *PortRange { return &t.port }),
	yamldoc.Optional("scheme", "http for absolute-form requests, https for CONNECT. Default: https.", yamldoc.OneOf("http", "https"), func(t *test) *string { return &t.scheme }),
	yamldoc.Required("verdict", "What must come out.", yamldoc.OneOf("allowed", "denied", "would-deny"), func(t *test) *string { return &t.verdict }),
	yamldoc.Optional("rule", "Name of the rule that must decide.", yamldoc.Placed(yamldoc.String()), func(t *test) *text { return &t.rule }),
	yamldoc.Optional("reason", "Reason that must be given.", yamldoc.OneOf(reasons...), func(t *test) *string { return &t.reason }),
), func(t *test) **yamldoc.Node { return &t.at })

// placed keeps the node that a value was read from.
func placed[V any](t yamldoc.Type[V], at func(*V) **yamldoc.Node) yamldoc.Type[V] {
	read := t.Read
	t.Read = func(d *yamldoc.Decoder, n *yamldoc.Node) (V, bool) {
		v, ok := read(d, n)
		*at(&v) = n
		return v, ok
	}
	return t
}
