package squid

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/squidconf"
)

// listeners turns http_port into listen.
func (im *importer) listeners() {
	out := section{"listen:"}
	var taken []string
	for _, l := range im.lines("http_port") {
		address, ok := im.listenAddress(l)
		if !ok || slices.Contains(taken, address) {
			continue
		}
		taken = append(taken, address)
		out = append(out, im.from(l), "  - address: "+strconv.Quote(address))
		if slices.Contains(squidconf.Texts(l.Args), "require-proxy-header") {
			out = append(out, "    proxy_protocol: required", "    trust: ["+strings.Join(scalars(prefixTexts(im.trusted(l))), ", ")+"]")
		}
	}
	for _, l := range im.lines("https_port") {
		im.fail(l.Word, "DG1710.tls").Hint = reason.New("DG1710.hint.tls")
	}
	if len(taken) == 0 {
		out = append(out, "  - address: 127.0.0.1:3128")
		im.out.note(im.say("squid.no-port"))
	}
	im.out.sections = append(im.out.sections, out)
}

// listenAddress reads the address of http_port. Ports for requests that were
// not sent to a proxy are none of Deguchi's.
func (im *importer) listenAddress(l *squidconf.Line) (string, bool) {
	if len(l.Args) == 0 {
		im.fail(l.Word, "DG1702.listen", quote(""))
		return "", false
	}
	for _, option := range l.Args[1:] {
		switch name, _, _ := strings.Cut(option.Text, "="); name {
		case "intercept", "transparent", "tproxy", "accel", "vhost", "defaultsite":
			im.fail(option, "DG1710", name).Hint = reason.New("DG1710.hint")
			return "", false
		case "ssl-bump":
			im.warn(option, "DG1710.bump").Hint = reason.New("DG1710.hint.bump")
		}
	}
	at := l.Args[0]
	host, port := "", at.Text
	if i := strings.LastIndexByte(at.Text, ':'); i >= 0 {
		host, port = at.Text[:i], at.Text[i+1:]
	}
	if _, ok := netset.Port(port); !ok {
		im.fail(at, "DG1702.listen", quote(at.Text))
		return "", false
	}
	if bare := strings.Trim(host, "[]"); bare != "" {
		if _, err := netip.ParseAddr(bare); err != nil {
			if h, err := netset.ParseHost(bare); err != nil || h.IsAddr() {
				im.fail(at, "DG1702.listen", quote(at.Text))
				return "", false
			}
		}
	}
	return host + ":" + port, true
}

// trusted returns whose PROXY header counts on the port of l: what
// proxy_protocol_access certainly allows.
func (im *importer) trusted(l *squidconf.Line) nets {
	left, trusted := allNets, nets(nil)
	for _, rule := range im.lines("proxy_protocol_access") {
		if len(rule.Args) < 2 {
			continue
		}
		sure, may, doubts := im.conjunction(rule.Args[1:])
		deny := rule.Args[0].Text == "deny"
		if !sure.equal(may) {
			for _, d := range doubts {
				im.fail(d.at, "DG1710.trust", quote(d.acl.name))
			}
		}
		if deny {
			left = left.and(may.sources.not())
			continue
		}
		if !sure.empty() {
			trusted = newNets(append(slices.Clone(trusted), left.and(sure.sources)...)...)
		}
	}
	if len(trusted) == 0 {
		im.fail(l.Word, "DG1710.nobody").Hint = reason.New("DG1710.hint.nobody")
		return nets{prefix("127.0.0.1/32")}
	}
	return trusted
}

// from is a comment that names the line that what follows it is made from.
func (im *importer) from(l *squidconf.Line) string {
	w := &writer{}
	w.comment("  ", im.origin(&entry{line: l, deny: true}))
	return strings.TrimSuffix(w.String(), "\n")
}
