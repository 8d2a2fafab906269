package config

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// parsed is a type written as text: parse returns the value, or adds a problem
// at n and returns false.
func parsed[V any](schema yamldoc.Schema, parse func(d *yamldoc.Decoder, n *yamldoc.Node, s string) (V, bool)) yamldoc.Type[V] {
	text := yamldoc.String()
	if schema == nil {
		schema = text.Schema
	}
	return yamldoc.Type[V]{Schema: schema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (V, bool) {
		s, ok := text.Read(d, n)
		if !ok {
			var zero V
			return zero, false
		}
		return parse(d, n, s)
	}}
}

// bad reports that n has no value of code's sort, with a hint if there is one.
func bad(d *yamldoc.Decoder, n *yamldoc.Node, code string, hint reason.Because) *diag.Problem {
	p := d.Add(n, code, reason.New(reason.Code(code), yamldoc.Quote(n.Text), d.Key))
	p.Hint = hint
	return p
}

func hint(code string, args ...string) reason.Because { return reason.New(reason.Code(code), args...) }

// nothingAsked reports allow or deny without a matcher.
func nothingAsked(d *yamldoc.Decoder, n *yamldoc.Node) {
	d.Add(n, "DG1105", hint("DG1105", d.Key)).Hint = hint("DG1105.hint.all")
}

var versionType = yamldoc.Type[int]{Schema: yamldoc.Schema{"const": 1}, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (int, bool) {
	if n.Kind == yamldoc.Int && n.Text == "1" {
		return 1, true
	}
	if !n.Scalar() {
		return yamldoc.Integer(1, 1).Read(d, n)
	}
	shown := n.Text
	if n.Kind == yamldoc.Text {
		shown = yamldoc.Quote(n.Text)
	}
	d.Add(n, "DG1101", hint("DG1101", shown)).Hint = hint("DG1101.hint")
	return 0, false
}}

// nameType is a name that stands in the log: short and printable.
var nameType = parsed(yamldoc.Schema{"type": "string", "minLength": 1, "maxLength": maxNameRunes}, func(d *yamldoc.Decoder, n *yamldoc.Node, s string) (string, bool) {
	if !goodName(s) {
		bad(d, n, "DG1217", hint("DG1217.hint", strconv.Itoa(maxNameRunes)))
		return "", false
	}
	return s, true
})

// maxNameRunes bounds the names of rules and clients, which are metric labels.
const maxNameRunes = 100

func goodName(s string) bool {
	return s != "" && strings.TrimSpace(s) == s && len([]rune(s)) <= maxNameRunes && !strings.ContainsAny(s, "\n\r\t")
}

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

// String returns r as it is written: "443", "8000-8100", "*".
func (r PortRange) String() string {
	switch {
	case r == allPorts:
		return "*"
	case r.First == r.Last:
		return strconv.Itoa(int(r.First))
	}
	return fmt.Sprintf("%d-%d", r.First, r.Last)
}

var allPorts = PortRange{1, 65535}

var portSchema = yamldoc.Schema{"anyOf": []yamldoc.Schema{
	{"type": "integer", "minimum": 1, "maximum": 65535},
	{"type": "string", "pattern": `^(\*|[0-9]{1,5}(-[0-9]{1,5})?)$`},
}}

// portType is a number, a range or a star.
var portType = yamldoc.Type[PortRange]{Schema: portSchema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (PortRange, bool) {
	if !n.Scalar() || n.Text == "" {
		_, _ = yamldoc.String().Read(d, n)
		return PortRange{}, false
	}
	if n.Text == "*" {
		return allPorts, true
	}
	first, last, isRange := strings.Cut(n.Text, "-")
	if !isRange {
		last = first
	}
	from, ok := portNumber(first)
	to, ok2 := portNumber(last)
	switch {
	case !ok || !ok2:
		bad(d, n, "DG1204", hint("DG1204.hint"))
	case from > to:
		d.Add(n, "DG1204", hint("DG1204.order", yamldoc.Quote(n.Text))).Hint = hint("hint.write", fmt.Sprintf("%q", PortRange{to, from}.String()))
	default:
		return PortRange{from, to}, true
	}
	return PortRange{}, false
}}

var onePortType = yamldoc.Type[PortRange]{Schema: yamldoc.Schema{"type": "integer", "minimum": 1, "maximum": 65535}, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (PortRange, bool) {
	v, ok := yamldoc.Integer(1, 65535).Read(d, n)
	return PortRange{uint16(v), uint16(v)}, ok
}}

func portNumber(s string) (uint16, bool) {
	v, err := strconv.ParseUint(s, 10, 16)
	return uint16(v), err == nil && v != 0 && strconv.FormatUint(v, 10) == s
}

// duration is a number with units, or 0 where least is 0.
func duration(least time.Duration) yamldoc.Type[time.Duration] {
	schema := yamldoc.Schema{"type": []string{"string", "integer"}, "pattern": `^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`}
	return yamldoc.Type[time.Duration]{Schema: schema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (time.Duration, bool) {
		if n.Kind != yamldoc.Int && n.Kind != yamldoc.Text {
			_, ok := yamldoc.String().Read(d, n)
			return 0, ok
		}
		v, err := time.ParseDuration(n.Text)
		var h reason.Because
		switch {
		case err == nil && v >= least && v >= 0:
			return v, true
		case err == nil:
			h = hint("DG1205.hint.least", least.String())
		case n.Kind == yamldoc.Int:
			h = hint("hint.write", n.Text+"s")
		default:
			h = hint("DG1205.hint")
		}
		bad(d, n, "DG1205", h)
		return 0, false
	}}
}

// sizes of a request's header, in bytes.
const leastHeader, mostHeader = 1 << 10, 1 << 20

var sizeForm = regexp.MustCompile(`^([0-9]{1,9})(|KiB|MiB)$`)

var sizeType = yamldoc.Type[int]{
	Schema: yamldoc.Schema{"type": []string{"string", "integer"}, "pattern": sizeForm.String()},
	Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (int, bool) {
		if n.Kind != yamldoc.Int && n.Kind != yamldoc.Text {
			_, ok := yamldoc.String().Read(d, n)
			return 0, ok
		}
		m := sizeForm.FindStringSubmatch(n.Text)
		if m == nil {
			bad(d, n, "DG1206", hint("DG1206.hint"))
			return 0, false
		}
		v, _ := strconv.Atoi(m[1]) // nine digits at most
		v <<= map[string]int{"": 0, "KiB": 10, "MiB": 20}[m[2]]
		if v < leastHeader || v > mostHeader {
			d.Add(n, "DG1207", hint("DG1207", d.Key, n.Text, "1KiB", "1MiB"))
			return 0, false
		}
		return v, true
	},
}

var endpointForm = regexp.MustCompile(`^vpce-[0-9a-f]{8,17}$`)

// endpointID is the id of a VPC endpoint: eight hex digits, or seventeen in
// ids since 2016, and whatever length comes between.
var endpointID = parsed(yamldoc.Schema{"type": "string", "pattern": endpointForm.String()}, func(d *yamldoc.Decoder, n *yamldoc.Node, s string) (string, bool) {
	if !endpointForm.MatchString(s) {
		bad(d, n, "DG1208", hint("DG1208.hint"))
		return "", false
	}
	return s, true
})

var endpointType = yamldoc.Placed(endpointID)

var dayType = parsed(yamldoc.Schema{"type": "string", "format": "date"}, func(d *yamldoc.Decoder, n *yamldoc.Node, s string) (time.Time, bool) {
	day, err := time.Parse(time.DateOnly, s)
	if err != nil {
		bad(d, n, "DG1209", hint("DG1209.hint"))
		return time.Time{}, false
	}
	return day, true
})

// proxyURL is the URL of a parent proxy.
type proxyURL struct{ address, userInfo string }

var proxyType = parsed(yamldoc.Schema{"type": "string", "pattern": "^http://"}, func(d *yamldoc.Decoder, n *yamldoc.Node, s string) (proxyURL, bool) {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme == "" || u.Host == "" || !isHost(u.Hostname()):
		bad(d, n, "DG1216", hint("DG1216.hint"))
	case u.Scheme != "http":
		bad(d, n, "DG1216", hint("DG1216.hint.scheme"))
	case u.Port() == "":
		bad(d, n, "DG1216", hint("DG1216.hint.port"))
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		bad(d, n, "DG1216", hint("DG1216.hint.path"))
	default:
		if _, ok := portNumber(u.Port()); !ok {
			bad(d, n, "DG1216", hint("DG1216.hint"))
			break
		}
		p := proxyURL{address: u.Host}
		if u.User != nil {
			password, _ := u.User.Password()
			p.userInfo = u.User.Username() + ":" + password
		}
		return p, true
	}
	return proxyURL{}, false
})

// reasons are what a decision can give, for tests.
var reasons = []string{
	string(reason.RuleAllows), string(reason.NoRule), string(reason.RuleDenies), string(reason.UnknownClient),
	string(reason.LinkLocal), string(reason.PrivateAddress), string(reason.OwnAddress), string(reason.SpecialAddress),
	string(reason.BadName),
}
