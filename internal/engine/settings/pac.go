package settings

import (
	"fmt"
	"strings"
)

// writePAC is for browsers and what follows their settings. It uses none of the
// functions that resolve names, so that a closed client needs no DNS for it.
func writePAC(q Question) (Answer, error) {
	var b strings.Builder
	b.WriteString(head("//", "pac") + "function FindProxyForURL(url, host) {\n" +
		"  host = host.toLowerCase().replace(/^\\[|\\]$/g, \"\").replace(/\\.$/, \"\");\n")
	b.WriteString("  var hosts = " + jsonList(q.Exclude.hosts()) + ";\n")
	b.WriteString("  var names = " + jsonList(append([]string{internal}, q.Exclude.names...)) + ";\n")
	b.WriteString("  if (hosts.indexOf(host) >= 0) return \"DIRECT\";\n" +
		"  for (var i = 0; i < names.length; i++) {\n" +
		"    if (host === names[i] || host.slice(-names[i].length - 1) === \".\" + names[i]) return \"DIRECT\";\n  }\n")
	dropped := Exclusions{}
	for _, p := range q.Exclude.nets {
		if !p.Addr().Is4() {
			dropped.nets = append(dropped.nets, p)
			continue
		}
		fmt.Fprintf(&b, "  if (/^[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+$/.test(host) && isInNet(host, %q, %q)) return \"DIRECT\";\n",
			p.Addr(), mask(p.Bits()))
	}
	b.WriteString("  return \"PROXY " + q.Proxy.Address() + "\";\n}\n")
	a := Answer{Files: []File{{Path: "proxy.pac", Mode: readable, Content: b.String()}}}
	a.note("pac")
	dropped.netless(&a)
	if q.Proxy.Secret() {
		a.note("no-credentials", "PAC")
	}
	q.Exclude.wide(&a)
	return a, nil
}

// mask is the netmask of an IPv4 network in dotted form.
func mask(bits int) string {
	m := ^uint32(0) << (32 - bits)
	if bits == 0 {
		m = 0
	}
	return fmt.Sprintf("%d.%d.%d.%d", m>>24, m>>16&255, m>>8&255, m&255)
}

func jsonList(items []string) string {
	quoted := make([]string, len(items))
	for i, item := range items {
		quoted[i] = jsonQuoted(item)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
