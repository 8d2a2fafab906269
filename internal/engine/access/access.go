// Package access answers one question: may this client reach this host? It is
// pure: rules are compiled once from a checked configuration, a decision reads
// them, allocates nothing and carries the rule and the fact it stands on.
//
// A request is judged twice: Decide before anything is resolved, Answer on the
// addresses that the name turned out to have. The package resolves nothing,
// and it does not read names: package awsname says what a host name is.
//
// # What a request tells
//
// A rule's matchers ask for facts. A request tells a fact, or it has the fact
// and does not tell it (untold), or there is no such fact (none). A told fact
// is compared. An untold one holds in deny and never in allow: a path-style S3
// request may be for any bucket, so it may be for the denied one and cannot be
// shown to be for the allowed one. One that does not exist never holds.
//
//	fact             known AWS name                     unknown    not AWS    IP literal
//	host             told                               told       told       told
//	port, scheme     told                               told       told       told
//	kind             told                               unknown    not-aws    not-aws
//	job              told by the host                   by host    by host    none
//	service          told                               untold     none       untold
//	region           told; untold for global names      untold     none       untold
//	partition        told                               untold     none       untold
//	owner, variant   told                               untold     none       untold
//	bucket           told if in the name; else untold   untold     none       untold
//	                 for S3's services, none for others
//	account          told if in the name, else untold   untold     none       untold
//
// Bucket: path style, access points, control and PrivateLink names of S3 leave
// it untold. The alias of an access point stands where a bucket's name would:
// allow may name it, but which bucket is behind it is untold, so every deny on
// buckets holds for it.
//
// Unknown names: what the grammar guesses of a name that it does not know
// (a label shaped like a region) is no ground to stand on. Its kind is told in
// deny only: no allow on kinds, "*" included, holds for it.
//
// IP literals: any AWS endpoint can be reached by its address, so an address
// tells nothing of service, region or bucket, and every deny that asks for one
// holds. Only a CIDR among hosts lets an address pass, and where a deny on such
// facts stands, it has to come first. The kind is told, because it is a kind of
// name: not-aws.
//
// A job is a matcher on the host: the hosts that the job requires. The regions
// beside it apply to those of its hosts that have a region, so that a global
// host of the job (signin.aws.amazon.com) belongs to every region.
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
	Client   netip.Addr // after the PROXY protocol
	Endpoint string     // PrivateLink endpoint id; empty if none
	Host     netset.Host
	Name     awsname.Name // of Host; zero for a literal
	Port     uint16
	Scheme   Scheme
	Now      time.Time // for until
	Own      Own       // the proxy's own addresses; nil knows none
}

// Own tells the proxy's own addresses.
type Own func(netip.Addr) bool

// Verdict is the answer. The zero Verdict denies.
type Verdict uint8

// The verdicts.
const (
	Denied Verdict = iota
	Allowed
	WouldDeny // let through because the file or the client observes
)

// String returns v as it stands in JSON and in the log.
func (v Verdict) String() string {
	switch v {
	case Allowed:
		return "allowed"
	case WouldDeny:
		return "would-deny"
	case Denied:
	}
	return "denied"
}

// Decision is a verdict with its ground.
type Decision struct {
	Verdict Verdict
	Code    reason.Code    // rule-allows, no-rule, rule-denies, unknown-client, link-local, …
	Client  *config.Client // nil if unknown
	Rule    *config.Rule   // nil if none decided
	Addr    netip.Addr     // the address that was refused, if one was
}

// Passes reports whether the request goes through, allowed or observed.
func (d Decision) Passes() bool { return d.Verdict == Allowed || d.Verdict == WouldDeny }
