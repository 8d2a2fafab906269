package route

import (
	"net/netip"
	"strings"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Difference is a field of an answer that is not as a test expects it. Got and
// Want are written as a test writes them; Got is empty where there is nothing.
type Difference struct {
	Field     string // "verdict", "dns.by", "context.aws:SourceIp"
	Got, Want string
}

// Compare returns in which fields got is not what want expects, in the order of
// the format. Verdict, path, endpoint, DNS and redirect are always compared;
// credentials and condition keys if want names them.
func Compare(got *Trace, want *topology.Expect) []Difference {
	var found []Difference
	differ := func(field, g, w string) {
		if g != w {
			found = append(found, Difference{field, g, w})
		}
	}
	differ("verdict", string(got.Verdict), want.Verdict)
	differ("path", listed(got.Path()), listed(want.Path))
	differ("endpoint", got.Crossed(), want.Endpoint)
	differ("dns.by", got.DNS.By, want.DNS.By)
	differ("dns.answer", got.DNS.Answer, want.DNS.Answer)
	for _, c := range want.Context {
		if g := got.Key(c.Key); !sameValue(g, c.Value) {
			found = append(found, Difference{"context." + c.Key, g, c.Value})
		}
	}
	if want.Credentials.Is() {
		differ("credentials", got.Credentials, want.Credentials.V)
	}
	differ("redirect", got.Redirect, want.Redirect)
	return found
}

// Crossed returns the VPC endpoint that the request crosses towards AWS as a
// test writes it: "osaka/s3", or "none".
func (t *Trace) Crossed() string {
	if t.Endpoint == nil {
		return "none"
	}
	return t.Endpoint.Path()
}

// Key returns what the condition key called name holds, whatever the case of
// its letters: a value, "unknown" also of keys that nobody can tell from a
// topology, or "absent" also where nobody sees keys.
func (t *Trace) Key(name string) string {
	held := "absent"
	for _, k := range t.Context {
		if held = "unknown"; strings.EqualFold(k.Name, name) {
			return k.Value
		}
	}
	return held
}

// sameValue reports whether a and b are one value; addresses have several
// spellings.
func sameValue(a, b string) bool {
	if a == b {
		return true
	}
	x, errX := netip.ParseAddr(a)
	y, errY := netip.ParseAddr(b)
	return errX == nil && errY == nil && x == y
}

// listed returns items as a list of YAML on one line.
func listed(items []string) string { return "[" + strings.Join(items, ", ") + "]" }
