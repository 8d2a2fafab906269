package netset

import "net/netip"

// Host is what stands before the colon of a request's target, after parsing:
// a DNS name or an IP literal, never both. The zero Host is not valid.
type Host struct {
	Name string     // lower case, ASCII, without the trailing dot; empty for a literal
	Addr netip.Addr // the address of a literal, in any spelling; invalid for a name
	Odd  bool       // the literal is spelt in a way that only old parsers accept (0x7f.1, 2130706433)
}

// IsAddr reports whether h is an IP literal.
func (h Host) IsAddr() bool { return h.Addr.IsValid() }

// String returns h in canonical form: a name, or an address without brackets.
func (h Host) String() string {
	if h.IsAddr() {
		return h.Addr.String()
	}
	return h.Name
}
