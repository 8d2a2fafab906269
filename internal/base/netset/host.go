package netset

import (
	"fmt"
	"net/netip"
	"strings"
)

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

// Fault is the stable code of what is wrong with a host; `reason` in JSON.
type Fault string

// The faults. Underscores are decided by package awsname: ParseHost takes them.
const (
	EmptyLabel      Fault = "empty-label"
	LabelTooLong    Fault = "label-too-long"
	NameTooLong     Fault = "name-too-long"
	LabelHyphenEdge Fault = "label-hyphen-edge"
	BadCharacter    Fault = "bad-character"
	PortInHost      Fault = "port-not-part-of-host"
	NonASCII        Fault = "non-ascii"
	Underscore      Fault = "underscore-outside-s3-bucket"
)

// HostError says why a text is not a host.
type HostError struct {
	Text  string
	Fault Fault
}

// Error names the text and the fault.
func (e *HostError) Error() string { return fmt.Sprintf("%q is not a host: %s", e.Text, e.Fault) }

// The limits of RFC 1035, 2.3.4, in bytes and without the trailing dot.
const (
	maxLabel = 63
	maxName  = 253
)

// ParseHost reads what may stand before the port in CONNECT and in a URL: a
// name, or an IP literal, IPv6 bare or in brackets. It folds case and drops
// one trailing dot. Nothing outside ASCII is mapped to ASCII, because case
// folding turns a Kelvin sign into a k and a foreign name into one of AWS.
//
// Errors are a *HostError. A name in lower case is returned without a copy.
func ParseHost(s string) (Host, error) {
	if addr, ok := bracketed(s); ok {
		return Host{Addr: addr}, nil
	}
	if fault := badByte(s); fault != "" {
		if addr, err := netip.ParseAddr(s); fault == PortInHost && err == nil {
			return Host{Addr: addr}, nil
		}
		return Host{}, &HostError{s, fault}
	}
	name := strings.TrimSuffix(s, ".")
	if fault := badName(name); fault != "" {
		return Host{}, &HostError{s, fault}
	}
	if addr, ok := parseIPv4(name); ok {
		return Host{Addr: addr, Odd: addr.String() != s}, nil
	}
	return Host{Name: strings.ToLower(name)}, nil
}

// bracketed reads an IPv6 literal as URLs and CONNECT write it. RFC 3986 has
// no zones in them, and a zone is of no use to a proxy.
func bracketed(s string) (netip.Addr, bool) {
	if len(s) < 2 || s[0] != '[' || s[len(s)-1] != ']' {
		return netip.Addr{}, false
	}
	addr, err := netip.ParseAddr(s[1 : len(s)-1])
	return addr, err == nil && addr.Is6() && addr.Zone() == ""
}

// badByte returns what the bytes of s are no host for. A bad character is
// worse than a colon, which alone is the beginning of a port.
func badByte(s string) Fault {
	var fault Fault
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 0x80:
			return NonASCII
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '.', 'A' <= c && c <= 'Z', c == '_':
		case c == ':' && fault == "":
			fault = PortInHost
		case c != ':':
			fault = BadCharacter
		}
	}
	if i := strings.LastIndex(s, "]:"); i >= 0 {
		if _, ok := bracketed(s[:i+1]); ok {
			return PortInHost // "[::1]:443"; "[::1" is broken
		}
	}
	return fault
}

// badName returns what is wrong with the lengths and edges of name's labels.
func badName(name string) Fault {
	if len(name) > maxName {
		return NameTooLong
	}
	for label := range strings.SplitSeq(name, ".") {
		switch {
		case label == "":
			return EmptyLabel
		case len(label) > maxLabel:
			return LabelTooLong
		case label[0] == '-', label[len(label)-1] == '-' && !isALabel(label):
			return LabelHyphenEdge
		}
	}
	return ""
}

// isALabel reports whether label is punycode, which ends in a hyphen where it
// stands for ASCII only.
func isALabel(label string) bool {
	return len(label) >= 4 && strings.EqualFold(label[:4], "xn--")
}
