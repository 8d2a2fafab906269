package resolve

import (
	"bytes"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
)

// hosts is the hosts file: the addresses of each name, in the file's order.
type hosts map[string][]netip.Addr

// hostsFile returns the path of the machine's hosts file.
func hostsFile() string {
	if runtime.GOOS == "windows" {
		return filepath.Join(os.Getenv("SystemRoot"), "System32", "drivers", "etc", "hosts")
	}
	return "/etc/hosts"
}

// parseHosts reads a hosts file. Lines that make no sense are passed over.
func parseHosts(text []byte) hosts {
	h := make(hosts)
	for line := range bytes.Lines(text) {
		fields := fieldsOf(line, "#")
		if len(fields) < 2 {
			continue
		}
		addr, err := netip.ParseAddr(fields[0])
		if err != nil {
			continue
		}
		addr = addr.Unmap()
		for _, f := range fields[1:] {
			name, ok := canonical(f)
			if ok && len(h[name]) < maxAddrs && !slices.Contains(h[name], addr) {
				h[name] = append(h[name], addr)
			}
		}
	}
	return h
}

// maxServers is how many name servers of resolv.conf count, as in resolv.conf(5).
const maxServers = 3

// parseServers reads the name servers out of a resolv.conf. A file without any
// means the servers of this machine, as resolv.conf(5) says.
func parseServers(text []byte) []string {
	var servers []string
	for line := range bytes.Lines(text) {
		fields := fieldsOf(line, "#;")
		if len(fields) < 2 || fields[0] != "nameserver" || len(servers) == maxServers {
			continue
		}
		if addr, err := netip.ParseAddr(fields[1]); err == nil {
			servers = append(servers, netip.AddrPortFrom(addr, 53).String())
		}
	}
	if len(servers) == 0 {
		return []string{"127.0.0.1:53", "[::1]:53"}
	}
	return servers
}

// fieldsOf returns the words of line before the first of the bytes in comment.
func fieldsOf(line []byte, comment string) []string {
	if i := bytes.IndexAny(line, comment); i >= 0 {
		line = line[:i]
	}
	var words []string
	for w := range bytes.FieldsSeq(line) {
		words = append(words, string(w))
	}
	return words
}
