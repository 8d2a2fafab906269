package resolve

import (
	"net/netip"
	"strings"
)

const (
	maxName  = 253 // bytes, without the last dot
	maxLabel = 63
)

// canonical returns name in lower case and without its last dot, and whether
// it can be a host name at all.
func canonical(name string) (string, bool) {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if name == "" || len(name) > maxName {
		return "", false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > maxLabel {
			return "", false
		}
		for i := range len(label) {
			c := label[i]
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
				return "", false
			}
		}
	}
	return name, true
}

// literal returns the address that name is, if it is one.
func literal(name string) (netip.Addr, bool) {
	if !strings.ContainsRune(name, ':') && !strings.ContainsAny(name[max(0, len(name)-1):], "0123456789") {
		return netip.Addr{}, false // an error of ParseAddr costs more than a look
	}
	addr, err := netip.ParseAddr(name)
	return addr.Unmap(), err == nil
}

// isLocalhost tells the names that never leave the machine (RFC 6761 section 6.3).
func isLocalhost(name string) bool {
	return name == "localhost" || strings.HasSuffix(name, ".localhost")
}
