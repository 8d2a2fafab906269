// Package config is the proxy's configuration as its author wrote it, checked:
// deguchi.yaml parsed into positioned values, with every problem at once. It
// decides nothing; package access compiles it into decisions.
//
// A Config is immutable once Parse has returned it.
package config

import (
	"net/netip"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/diag"
)

// Config is one deguchi.yaml. Optional settings hold their defaults.
type Config struct {
	File     string // as given by the user
	Digest   string // first 12 hex digits of the SHA-256 of the file's bytes
	Listen   []Listener
	Admin    string // host:port of the admin listener; empty for none
	Mode     Mode
	Clients  []Client // in the order of the file; the first that matches names the client
	Rules    []Rule   // in the order of the file; the first that matches decides
	Private  Private
	Upstream []Parent // in the order of the file; the first that matches is used
	Resolve  Resolve
	Limits   Limits
	SNI      SNI
	Log      Log
	Unsafe   []netip.Prefix // otherwise always refused; for tests and benchmarks
	Tests    []Test
}

// Listener is a proxy port.
type Listener struct {
	Address string // host:port for net.Listen
	Proxy   ProxyProtocol
	Trust   []netip.Prefix // senders whose PROXY header counts
	Pos     diag.Pos
}

// ProxyProtocol says what a listener makes of a PROXY header.
type ProxyProtocol uint8

// What may stand in proxy_protocol.
const (
	ProxyOff ProxyProtocol = iota
	ProxyOptional
	ProxyRequired
)

// Mode says whether refusals by rule are carried out.
type Mode uint8

// The modes. Observe lifts no-rule and rule-denies, nothing else.
const (
	Enforce Mode = iota
	Observe
)

// Client is a named set of requesters.
type Client struct {
	Name      string
	From      []netip.Prefix
	Endpoints []string // PrivateLink endpoint ids
	Mode      Mode     // Observe if the file or this entry says so
	Pos       diag.Pos
}

// Rule is one entry of rules.
type Rule struct {
	Name    string // unique; made from the position ("rule 3") where the file gives none
	Clients []string
	Deny    bool // deny: rather than allow:
	Match   Match
	Ticket  string
	Until   time.Time // zero: for ever; else the first moment at which it no longer matches
	Pos     diag.Pos
}

// Match is the conjunction of what its fields ask for; an empty field asks for
// nothing, except Ports, which holds 443 unless the file says otherwise.
// Texts may hold * as a wildcard.
type Match struct {
	Job        string
	Services   []string
	Regions    []string
	Partitions []string
	Kinds      []string
	Owner      string
	Buckets    []string
	Accounts   []string
	Variants   []string
	Hosts      []string       // names, ".suffix"
	Networks   []netip.Prefix // the CIDRs among hosts, for IP literals
	Ports      []PortRange
	Schemes    []string // "http", "https"
	Values     []Value  // all of the above as the file has them, with their places
}

// Value is one value of a Match where it is written.
type Value struct {
	Key  string // "services", "job", …
	Text string
	Pos  diag.Pos
	Len  int // runes to underline
}

// PortRange is an inclusive range of ports.
type PortRange struct{ First, Last uint16 }

// Private says when an allowed name may resolve to a private address.
type Private struct {
	AWSNames bool
	Networks []netip.Prefix
}

// Parent is an upstream proxy.
type Parent struct {
	Address  string   // host:port
	UserInfo string   // "user:password" of the URL, decoded; secret
	Hosts    []string // as in Match; empty for all
	Networks []netip.Prefix
	Pos      diag.Pos
}

// Resolve says how names are looked up.
type Resolve struct {
	Servers []string // host:port; empty: the machine's own
	Timeout time.Duration
	Cache   int // names
}

// Limits bounds everything that waits or grows. Zero Lifetime is no limit.
type Limits struct {
	Tunnels          int
	TunnelsPerClient int // per client address, and per endpoint where one is known
	Header           int // bytes
	HeaderTimeout    time.Duration
	ConnectTimeout   time.Duration
	Idle             time.Duration
	Lifetime         time.Duration
	Drain            time.Duration
}

// SNI says what the ClientHello inside a tunnel to port 443 must show.
type SNI uint8

// What may stand in tls.sni.
const (
	SNIMatch SNI = iota
	SNIMatchIfPresent
	SNIOff
)

// LogFormat is the form of the access log.
type LogFormat uint8

// The formats.
const (
	LogJSON LogFormat = iota
	LogSquid
)

// Log says where the access log goes.
type Log struct {
	File   string // "-" is standard output
	Format LogFormat
	Open   bool // also a line when a tunnel opens
}

// Test is a decision that must hold.
type Test struct {
	From     netip.Addr
	Endpoint string
	Host     string
	Port     uint16
	Scheme   string // "https" unless given
	Verdict  string // allowed | denied | would-deny
	Rule     string // empty: not asked
	Reason   string // empty: not asked
	Pos      diag.Pos
}
