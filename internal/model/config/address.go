package config

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// addressType is what net.Listen takes: host:port with an IP address, a host
// name or nothing as host.
var addressType = numberToo(parsed(nil, func(d *yamldoc.Decoder, n *yamldoc.Node, s string) (string, bool) {
	host, port, ok := hostPort(s)
	if !ok || host != "" && !isHost(host) {
		var h reason.Because
		if _, err := strconv.ParseUint(s, 10, 16); err == nil {
			h = hint("hint.write", `":`+s+`"`)
		} else if isHost(s) {
			h = hint("hint.write", strconv.Quote(joined(s, "3128")))
		}
		bad(d, n, "DG1202", h)
		return "", false
	}
	return joined(host, port), true
}))

// numberToo reads a plain number as t reads text, where t has better advice
// for it than quotes.
func numberToo[V any](t yamldoc.Type[V]) yamldoc.Type[V] {
	return yamldoc.Type[V]{Schema: t.Schema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (V, bool) {
		if n.Kind == yamldoc.Int {
			text := *n
			text.Kind = yamldoc.Text
			n = &text
		}
		return t.Read(d, n)
	}}
}

// hostPort splits host:port; the port is a number.
func hostPort(s string) (host, port string, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return "", "", false
	}
	host, port = s[:i], s[i+1:]
	if p, err := strconv.ParseUint(port, 10, 16); err != nil || strconv.FormatUint(p, 10) != port {
		return "", "", false
	}
	if inner, bracketed := strings.CutPrefix(host, "["); bracketed {
		inner, closed := strings.CutSuffix(inner, "]")
		return inner, port, closed && strings.Contains(inner, ":")
	}
	return host, port, !strings.Contains(host, ":")
}

func joined(host, port string) string {
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host + ":" + port
}

// isHost reports whether s may be listened on or dialled: an address in the
// usual spelling, or a name.
func isHost(s string) bool {
	if addr, err := netip.ParseAddr(s); err == nil {
		return addr.IsValid()
	}
	h, err := netset.ParseHost(s)
	return err == nil && !h.Odd
}

var serverType = parsed(nil, func(d *yamldoc.Decoder, n *yamldoc.Node, s string) (string, bool) {
	if addr, err := netip.ParseAddr(s); err == nil {
		return netip.AddrPortFrom(addr, 53).String(), true
	}
	if ap, err := netip.ParseAddrPort(s); err == nil && ap.Port() != 0 {
		return ap.String(), true
	}
	bad(d, n, "DG1202", hint("DG1202.hint.server"))
	return "", false
})

var prefixType = yamldoc.Placed(parsed(nil, func(d *yamldoc.Decoder, n *yamldoc.Node, s string) (netip.Prefix, bool) {
	p, err := netset.ParsePrefix(s)
	if err != nil {
		badPrefix(d, n, err)
		return netip.Prefix{}, false
	}
	return p, true
}))

func badPrefix(d *yamldoc.Decoder, n *yamldoc.Node, err error) {
	if e, ok := errors.AsType[*netset.PrefixError](err); ok && e.Meant.IsValid() {
		d.Add(n, "DG1203", hint("DG1203.bits", yamldoc.Quote(n.Text))).Hint = hint("hint.write", e.Meant.String())
		return
	}
	bad(d, n, "DG1203", hint("DG1203.hint"))
}

var addrType = parsed(nil, func(d *yamldoc.Decoder, n *yamldoc.Node, s string) (netip.Addr, bool) {
	addr, err := netip.ParseAddr(s)
	if err != nil || addr.Zone() != "" {
		bad(d, n, "DG1202", hint("DG1202.hint.addr"))
		return netip.Addr{}, false
	}
	return addr.Unmap(), true
})
