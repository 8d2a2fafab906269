package netset

import "strconv"

// Port reads a port number from 1 on in its usual spelling: no sign, no zero in
// front.
func Port(s string) (uint16, bool) {
	v, err := strconv.ParseUint(s, 10, 16)
	return uint16(v), err == nil && v > 0 && strconv.FormatUint(v, 10) == s
}
