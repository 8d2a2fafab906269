package netset

import (
	"encoding/binary"
	"net/netip"
	"strings"
)

// parseIPv4 reads an IPv4 address in any spelling that some parser takes for
// one: inet_aton's one to four numbers, each decimal, octal or hexadecimal,
// the last filling what is left; leading zeros read as decimal; numbers that
// overflow and are cut off. Where readings differ, metadata wins: what some
// client may take for it must not pass.
func parseIPv4(s string) (netip.Addr, bool) {
	if c := s[len(s)-1]; (c < '0' || c > '9') && !strings.Contains(s, "x") && !strings.Contains(s, "X") {
		return netip.Addr{}, false // the usual name: no number at its end
	}
	octal, ok := readIPv4(s, true)
	if !ok {
		return netip.Addr{}, false
	}
	if decimal, ok := readIPv4(s, false); ok && !IsMetadata(octal) && IsMetadata(decimal) {
		return decimal, true
	}
	return octal, true
}

// readIPv4 reads s with leading zeros as octal or as decimal.
func readIPv4(s string, octal bool) (netip.Addr, bool) {
	var parts [4]uint64
	n := 0
	for part := range strings.SplitSeq(s, ".") {
		if n == len(parts) {
			return netip.Addr{}, false
		}
		v, ok := readNumber(part, octal)
		if !ok {
			return netip.Addr{}, false
		}
		parts[n] = v
		n++
	}
	v := uint32(parts[n-1]) // what overflows is cut off, as in the parsers meant here
	for i, p := range parts[:n-1] {
		shift := 24 - 8*i
		v = v&^(0xff<<shift) | uint32(p&0xff)<<shift
	}
	return netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, v))), true
}

// readNumber reads one part, modulo 2^64. An octal number with an 8 or 9 in it
// is read as decimal.
func readNumber(s string, octal bool) (uint64, bool) {
	base, digits := uint64(10), s
	switch {
	case len(s) >= 2 && s[0] == '0' && s[1]|0x20 == 'x':
		base, digits = 16, s[2:]
	case octal && s[0] == '0' && !strings.ContainsAny(s, "89"):
		base = 8
	}
	var v uint64
	for i := range len(digits) {
		d := uint64(99)
		switch c := digits[i] | 0x20; {
		case '0' <= digits[i] && digits[i] <= '9':
			d = uint64(digits[i] - '0')
		case 'a' <= c && c <= 'f':
			d = uint64(c-'a') + 10
		}
		if d >= base {
			return 0, false
		}
		v = v*base + d
	}
	return v, true
}
