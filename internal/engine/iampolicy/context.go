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
