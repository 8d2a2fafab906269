package iampolicy

import (
	"net/netip"
	"slices"
	"strings"
)

// Context holds the condition keys of a request. A key that is not in it is
// unknown: say Absent of what AWS does not send. Each key is given once, in
// the case of AWS's documentation; policies may use another.
type Context map[string]Value

// Value is what a condition key holds. The zero Value is unknown.
type Value struct {
	state  state
	text   string
	many   []string
	within netip.Prefix
}

type state uint8

const (
	unknown state = iota
	absent
	single
	several
	ranging
)

// Is is a key with one value.
func Is(text string) Value { return Value{state: single, text: text} }

// Absent is a key that the request does not carry.
func Absent() Value { return Value{state: absent} }

// Several is a key with a list of values. Only Null can tell anything of it:
// AWS compares lists by ForAllValues and ForAnyValue alone.
func Several(texts ...string) Value { return Value{state: several, many: slices.Clone(texts)} }

// Within is a key that holds some address of a network.
func Within(network netip.Prefix) Value {
	if network.IsSingleIP() {
		return Is(network.Addr().String())
	}
	return Value{state: ranging, within: network.Masked()}
}

// Exact reports whether v is settled: neither unknown nor some address of a
// network.
func (v Value) Exact() bool { return v.state != unknown && v.state != ranging }

// String returns the value in words that stand in files: its text, a network,
// "absent" or "unknown".
func (v Value) String() string {
	switch v.state {
	case absent:
		return "absent"
	case single:
		return v.text
	case several:
		return strings.Join(v.many, ", ")
	case ranging:
		return v.within.String()
	case unknown:
	}
	return "unknown"
}

// find returns the value of key, whatever case it is written in.
func (c Context) find(key string) Value {
	if v, ok := c[key]; ok {
		return v
	}
	for k, v := range c {
		if len(k) == len(key) && strings.EqualFold(k, key) {
			return v
		}
	}
	return Value{}
}

// Sort says what a name in a policy is the name of.
type Sort uint8

// The sorts of names.
const (
	AccountName Sort = iota
	VPCName
	EndpointName
	OrganizationName
)

// Names returns what the request calls the thing that a policy calls name:
// where both ids and names are used, it turns one into the other. An account
// that nobody gave an id is none of those that have one. It returns
// name itself if it knows no other.
type Names func(sort Sort, name string) string

// IDs returns the id of what the request calls name, false if nobody gave it
// one: the other way round of Names. Resources have ids in them, so variables
// there do too.
type IDs func(sort Sort, name string) (string, bool)

// of returns value, which key holds, as ARNs of resources have it.
func (n IDs) of(key string, value text) text {
	sort, ok := sortOf(key)
	if n == nil || !ok || value.known != yes {
		return value
	}
	if value.text, ok = n(sort, value.text); !ok {
		value.known = maybe
	}
	return value
}

// sortOf returns what the values of a key name.
func sortOf(key string) (Sort, bool) {
	switch strings.ToLower(key) {
	case "aws:principalaccount", "aws:resourceaccount", "aws:sourceaccount", "aws:vpceaccount":
		return AccountName, true
	case "aws:sourcevpc":
		return VPCName, true
	case "aws:sourcevpce":
		return EndpointName, true
	case "aws:principalorgid", "aws:resourceorgid", "aws:sourceorgid", "aws:vpceorgid":
		return OrganizationName, true
	}
	return 0, false
}

// of returns text, the value of a condition with key, as the request has it.
func (n Names) of(key, text string) string {
	if n == nil {
		return text
	}
	if sort, ok := sortOf(key); ok {
		return n(sort, text)
	}
	return n.inARN(text)
}

// inARN returns text with the account of the ARN that it is, if it is one, as
// the request has it.
func (n Names) inARN(text string) string {
	if n == nil || !strings.HasPrefix(text, "arn:") {
		return text
	}
	parts := strings.SplitN(text, ":", 6)
	if len(parts) < 6 || parts[4] == "" || strings.ContainsAny(parts[4], "*?$") {
		return text
	}
	account := n(AccountName, parts[4])
	if account == parts[4] {
		return text
	}
	parts[4] = account
	return strings.Join(parts, ":")
}
