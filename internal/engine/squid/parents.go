package squid

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/squidconf"
)

// parents turns cache_peer into upstream: which hosts never go directly, and
// which of the parents takes them. Squid chooses for itself where never_direct
// does not decide; upstream never does.
func (im *importer) parents() {
	peers := im.peers()
	never, ok := im.hostsAllowed("never_direct", im.lines("never_direct"), hosts{})
	always, ok2 := im.hostsAllowed("always_direct", im.lines("always_direct"), hosts{})
	if len(peers) == 0 || !ok || !ok2 {
		return
	}
	if never.empty() {
		im.fail(peers[0].line.Word, "DG1709.direct").Hint = reason.New("DG1709.hint.direct", peers[0].address)
		return
	}
	never = never.and(always.not())
	out := section{"upstream:"}
	var taken hosts // by the parents so far: the first that matches is used
	for _, p := range peers {
		area, ok := im.hostsAllowed(p.line.Args[0].Text, im.peerLines(p.name), allHosts)
		if !ok {
			continue
		}
		area = area.and(never)
		if !taken.covers(area.carved()) {
			im.fail(p.line.Word, "DG1709.except").Hint = reason.New("DG1709.hint.except")
			continue
		}
		if area.empty() {
			continue
		}
		w := &writer{}
		w.line("%s", im.from(p.line))
		w.line("  - proxy: %s", quote("http://"+p.address))
		if list := area.listed(); len(list) > 0 {
			w.list("    hosts: [", scalars(list), "]")
		}
		out = append(out, strings.TrimSuffix(w.String(), "\n"))
		taken = taken.or(area)
	}
	if len(out) > 1 {
		im.out.sections = append(im.out.sections, out)
		im.out.upstream = true
	}
}

// peer is a parent proxy.
type peer struct {
	line          *squidconf.Line
	name, address string
}

// peers reads the lines of cache_peer that Deguchi can use.
func (im *importer) peers() (found []peer) {
	for _, l := range im.lines("cache_peer") {
		if len(l.Args) < 3 {
			im.fail(l.Word, "DG1702.peer")
			continue
		}
		host, port := l.Args[0].Text, l.Args[2].Text
		_, goodPort := netset.Port(port)
		h, err := netset.ParseHost(host)
		if err != nil || h.Odd || !goodPort {
			im.fail(l.Args[0], "DG1702.peer")
			continue
		}
		if h.IsAddr() && h.Addr.Is6() {
			host = "[" + netip.Addr.String(h.Addr) + "]"
		}
		p := peer{l, l.Args[0].Text, host + ":" + port}
		if l.Args[1].Text != "parent" {
			im.fail(l.Args[1], "DG1709.kind", l.Args[1].Text)
			continue
		}
		if im.peerOptions(&p) {
			found = append(found, p)
		}
	}
	return found
}

// peerOptions reads the options of a peer, and reports whether it can be used.
func (im *importer) peerOptions(p *peer) bool {
	for _, option := range p.line.Args[3:] {
		switch name, value, _ := strings.Cut(option.Text, "="); name {
		case "name":
			p.name = value
		case "ssl", "tls", "originserver":
			im.fail(option, "DG1709.option", name).Hint = reason.New("DG1709.hint")
			return false
		case "login":
			at := option
			at.Len = len("login")
			im.fail(at, "DG1709.login").Hint = reason.New("DG1709.hint.login")
		case "round-robin", "weighted-round-robin", "carp", "userhash", "sourcehash":
			im.warn(option, "DG1709.balance", name).Hint = reason.New("DG1709.hint.balance")
		}
	}
	return true
}

// peerLines returns the lines of cache_peer_access for a peer, without its name.
func (im *importer) peerLines(name string) (found []*squidconf.Line) {
	for _, l := range im.lines("cache_peer_access") {
		if len(l.Args) > 1 && l.Args[0].Text == name {
			bare := *l
			bare.Args = l.Args[1:]
			found = append(found, &bare)
		}
	}
	return found
}

// hostsAllowed returns the hosts that a list of lines allows, as far as it asks
// for hosts alone; none is what no line at all stands for. It is false where a
// line asks for something else.
func (im *importer) hostsAllowed(what string, lines []*squidconf.Line, none hosts) (hosts, bool) {
	if len(lines) == 0 {
		return none, true
	}
	var allowed hosts
	left := allHosts
	for i, l := range lines {
		if len(l.Args) < 2 {
			continue
		}
		deny := l.Args[0].Text == "deny"
		sure, _, _ := im.conjunction(l.Args[1:])
		rest := sure
		rest.hosts = allHosts
		if !rest.equal(everything) || !im.aboutNames(l) || !sure.hosts.carved().empty() && !deny {
			im.fail(l.Word, "DG1709", what).Hint = reason.New("DG1709.hint")
			return hosts{}, false
		}
		hit := left.and(sure.hosts)
		if !deny {
			if allowed = allowed.or(hit); !hit.carved().empty() {
				im.fail(l.Word, "DG1709", what).Hint = reason.New("DG1709.hint")
				return hosts{}, false
			}
		}
		left = left.and(sure.hosts.not())
		if i == len(lines)-1 && deny && !left.empty() {
			im.fail(l.Word, "DG1709", what).Hint = reason.New("DG1709.hint")
			return hosts{}, false
		}
	}
	return allowed, true
}

// aboutNames reports whether all acls of a line are about names, or all.
func (im *importer) aboutNames(l *squidconf.Line) bool {
	for _, w := range l.Args[1:] {
		a := im.acl(strings.TrimPrefix(w.Text, "!"))
		if a == nil || a.kind != "dstdomain" && a.name != "all" || a.why > byReverse {
			return false
		}
	}
	return true
}

// covers reports whether all hosts that g lists are in h, which excepts none.
func (h hosts) covers(g hosts) bool {
	for p := range g.in {
		if !h.all && !h.in.covers(p) {
			return false
		}
	}
	return slices.Equal(h.nets.and(g.nets), g.nets)
}

// or returns the hosts that are in h or g, of which a rule matches those that
// they except, too.
func (h hosts) or(g hosts) hosts {
	both := hosts{all: h.all || g.all, nets: newNets(append(append(nets(nil), h.nets...), g.nets...)...)}
	if !both.all {
		both.in = h.in.or(g.in)
	}
	return both
}
