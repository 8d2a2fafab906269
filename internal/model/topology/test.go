package topology

import (
	"net/url"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// Test is a request with the answer that is expected.
type Test struct {
	Name    string
	Client  string // one of the topology with Change applied
	Change  Change
	Request Request
	Expect  Expect
	Because string
	Pos     diag.Pos
}

// Change is an override of a topology. The zero Change changes nothing.
type Change struct{ node *yamldoc.Node }

// IsZero reports whether c changes nothing.
func (c Change) IsZero() bool { return c.node == nil }

// Request is what a client asks for. What a Setting does not tell follows from
// the URL.
type Request struct {
	URL       *url.URL
	Action    Setting[string]
	Principal Setting[Principal]
	Service   Setting[string]
	Region    Setting[string]
	Bucket    Setting[string]
	Idle      Setting[int] // seconds without a byte in the tunnel
}

// Principal is who calls.
type Principal struct {
	Account string // its name
	Role    string // "" if the request names none
}

// Expect is the answer that a test expects.
type Expect struct {
	Verdict     string // one of Verdicts
	Path        []string
	Endpoint    string // "app/s3", "none"
	DNS         DNS
	Context     []Condition // sorted by key; nil: not compared
	Credentials Setting[string]
	Redirect    string // compared also when it is ""
}

// DNS says who resolves the name, and what the answer is.
type DNS struct{ By, Answer string }

// Condition is what a condition key is expected to hold.
type Condition struct {
	Key   string
	Value string // "absent", "unknown", or the value
	Pos   diag.Pos
}

// Verdicts returns what a request can come to.
func Verdicts() []string {
	return []string{
		"reached", "no-route", "times-out", "dns-fails", "denied-by-proxy", "denied-by-endpoint-policy",
		"denied-by-resource-policy", "denied-by-security-group", "denied-by-network-acl", "lb-rejects",
		"endpoint-not-connected", "proxy-protocol-mismatch", "imds-misrouted", "unknown",
	}
}
