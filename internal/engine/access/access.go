// Package access answers one question: may this client reach this host? It is
// pure: rules are compiled once from a checked configuration, a decision reads
// them, allocates nothing and carries the rule and the fact it stands on.
//
// A request is judged twice: Decide before anything is resolved, Answer on the
// addresses that the name turned out to have.
package access

import (
	"net/netip"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// Scheme tells CONNECT from absolute-form requests.
type Scheme uint8

// The schemes.
const (
	HTTPS Scheme = iota // CONNECT
	HTTP                // absolute-form http://
)

// Request is what is known of a request before anything is resolved.
type Request struct {
	Client   netip.Addr // after the PROXY protocol, unmapped
	Endpoint string     // PrivateLink endpoint id; empty if none
	Host     netset.Host
	Name     awsname.Name // of Host; zero for a literal
	Port     uint16
	Scheme   Scheme
	Now      time.Time // for until
}

// Verdict is the answer. The zero Verdict denies.
type Verdict uint8

// The verdicts.
const (
	Denied Verdict = iota
	Allowed
	WouldDeny // let through because the file or the client observes
)

// Decision is a verdict with its ground.
type Decision struct {
	Verdict Verdict
	Code    reason.Code    // rule-allows, no-rule, rule-denies, unknown-client, link-local, …
	Client  *config.Client // nil if unknown
	Rule    *config.Rule   // nil if none decided
	Addr    netip.Addr     // the address that was refused, if one was
}

// Own tells the proxy's own addresses; nil knows none.
type Own func(netip.Addr) bool
