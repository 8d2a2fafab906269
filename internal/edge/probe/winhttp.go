package probe

import (
	"encoding/binary"
	"strings"
)

// winHTTP reads the value WinHttpSettings of the registry, where "netsh winhttp
// set proxy" keeps it: three words, of which the third has bit 2 for a proxy,
// then its servers and its exceptions, each with a length in front. Microsoft
// does not describe it; netsh and several administrators' tools agree on it.
func winHTTP(b []byte) []string {
	if len(b) < 16 || binary.LittleEndian.Uint32(b[8:])&2 == 0 {
		return nil
	}
	var lines []string
	rest := b[12:]
	for _, name := range []string{"ProxyServer", "ProxyOverride"} {
		if len(rest) < 4 {
			break
		}
		n := int(binary.LittleEndian.Uint32(rest))
		if rest = rest[4:]; n < 0 || n > len(rest) {
			break
		}
		if n > 0 {
			lines = append(lines, name+"="+strings.TrimRight(string(rest[:n]), "\x00"))
		}
		rest = rest[n:]
	}
	return lines
}
