package lint

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
)

// repair sets one thing about the spelling of an entry right.
type repair struct {
	code  reason.Code
	apply func(string) string
}

// repairs are in the order in which they are made: each works on what the ones
// before have left.
var repairs = []repair{
	{"DG4102", strings.TrimSpace},
	{"DG4103", func(s string) string { return strings.Trim(s, `"'`) }},
	{"DG4123", bitsForMask},
	{"DG4104", hostOnly},
	{"DG4107", withoutPort},
	{"DG4105", func(s string) string { return strings.TrimRight(s, ".") }},
	{"DG4106", strings.ToLower},
}

// bitsForMask writes "/16" for "/255.255.0.0".
func bitsForMask(s string) string {
	base, text, _ := strings.Cut(s, "/")
	mask, err := netip.ParseAddr(text)
	if err != nil {
		return s
	}
	if n, ok := netset.MaskBits(mask); ok {
		return base + "/" + strconv.Itoa(n)
	}
	return s
}

// hostOnly cuts the scheme and the path from a URL. The bits of a prefix are no
// path.
func hostOnly(s string) string {
	if _, rest, ok := strings.Cut(s, "://"); ok {
		s = rest
	}
	host, path, ok := strings.Cut(s, "/")
	if ok && (strings.Trim(path, "0123456789") != "" || path == "") {
		return host
	}
	return s
}

// withoutPort cuts ":443" off.
func withoutPort(s string) string {
	i := strings.LastIndexByte(s, ':')
	if i <= 0 || i == len(s)-1 || strings.Trim(s[i+1:], "0123456789") != "" {
		return s
	}
	if host := s[:i]; strings.HasSuffix(host, "]") || !strings.Contains(host, ":") {
		return host
	}
	return s // an IPv6 address without brackets
}

// port returns what withoutPort cuts off.
func port(s string) string {
	return strings.TrimPrefix(strings.TrimPrefix(s, withoutPort(s)), ":")
}

// repair sets the spelling of all entries right, and reads what they mean.
func (l *linter) repair() {
	for i := range l.entries {
		e := &l.entries[i]
		e.plain = e.raw
		for _, r := range repairs {
			if r.code == "DG4107" {
				e.port = port(e.plain)
			}
			e.plain = r.apply(e.plain)
		}
		e.form = formOf(e.plain)
		l.plain = append(l.plain, e.plain)
	}
}

// examine reports what is wrong with the spelling of entry i.
func (l *linter) examine(i int) {
	e := l.entries[i]
	if strings.HasPrefix(e.core(), "/") {
		l.add(Finding{Entry: e.core()}, e.col, e.width, "DG4122", quoted(e.core())).Severity = diag.Note
		return
	}
	if e.form.kind == malformed {
		l.add(Finding{Entry: e.core()}, e.col, e.width, "DG4119", quoted(e.core())).Hint = misplaced(e.core())
		l.report.LeftOut = append(l.report.LeftOut, e.core())
		return
	}
	written := e.raw
	for _, r := range repairs {
		before := written
		written = r.apply(written)
		if written == before || r.code == "DG4103" && l.closes(i) {
			continue
		}
		witnesses := e.form.witnesses
		if r.code == "DG4107" {
			witnesses = atPort(witnesses, e.port)
		}
		l.repaired(i, r.code, before, written, witnesses)
	}
	l.spelt(i)
}

// misplaced says of an entry that is no host what it is elsewhere, if that is known.
func misplaced(entry string) reason.Because {
	name, _, assigned := strings.Cut(entry, "=")
	switch {
	case assigned:
		return reason.New("DG4119.hint.assignment", name)
	case strings.ContainsAny(entry, "$%"):
		return reason.New("DG4119.hint.variable")
	case strings.EqualFold(entry, "<local>"):
		return reason.New("DG4119.hint.local")
	}
	return reason.Because{}
}

// repaired reports code if some reader reads after, in the place of entry i,
// and not before.
func (l *linter) repaired(i int, code reason.Code, before, after string, witnesses []noproxy.Target) {
	f := Finding{Instead: []string{l.entries[i].plain}}
	f.Programs = l.those(func(r reader) bool {
		for _, w := range witnesses {
			if l.reads(r, i, after, w) && !l.reads(r, i, before, w) && !l.covered(r, i, w) {
				f.Witness = address(w)
				return true
			}
		}
		return false
	})
	if len(f.Programs) > 0 {
		l.ignored(l.entries[i], f, code)
	}
}

// reads reports whether r asks for w directly with text in the place of entry i
// and, in the place of the others, what matches nothing.
func (l *linter) reads(r reader, i int, text string, w noproxy.Target) bool {
	return l.excludes(r, l.list(func(j int) string {
		if j == i {
			return text
		}
		return l.entries[j].masked()
	}), w)
}

// covered reports whether r asks for w directly because of other entries than i,
// as they are written: two that mean the same do not excuse each other.
func (l *linter) covered(r reader, i int, w noproxy.Target) bool {
	return l.excludes(r, l.list(func(j int) string {
		if j == i {
			return l.entries[j].masked()
		}
		return l.entries[j].raw
	}), w)
}

// list is the value with text of each entry in its place.
func (l *linter) list(text func(i int) string) string {
	texts := make([]string, len(l.entries))
	for i := range texts {
		texts[i] = text(i)
	}
	return strings.Join(texts, l.separator)
}

// closes reports whether entry i only ends what a quote at the first entry has
// begun, which is reported there.
func (l *linter) closes(i int) bool {
	first, last := l.entries[0].core(), l.entries[i].core()
	quote := first[:1]
	return i == len(l.entries)-1 && i > 0 && strings.ContainsAny(quote, `"'`) &&
		strings.HasSuffix(last, quote) && strings.Count(first+last, quote) == 2
}

// atPort returns targets as a URL for that port names them.
func atPort(targets []noproxy.Target, port string) []noproxy.Target {
	var all []noproxy.Target
	for _, t := range targets {
		switch port {
		case "80":
			t.Scheme = "http"
		case "443":
			t.Scheme = "https"
		default:
			t.Scheme, t.Port = "http", port
		}
		all = append(all, t)
	}
	return all
}

// address is the URL of t.
func address(t noproxy.Target) string {
	host := t.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if t.Port != "" {
		host += ":" + t.Port
	}
	return t.Scheme + "://" + host + "/"
}
