package config

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// listeners checks the ports and whom they believe.
func (c *checker) listeners(f *file) {
	var taken []string
	for _, l := range f.listen {
		if l.at == nil || l.address == "" {
			continue
		}
		address := addressIn(l.at)
		c.free(taken, l.address, address)
		taken = append(taken, l.address)
		c.trust(l)
		if len(f.clients) == 0 && !loopbackOnly(l.address) {
			c.warn(address, "DG1603", hint("DG1603", l.address)).Hint = hint("DG1603.hint")
		}
	}
	if f.admin.V != "" {
		c.free(taken, f.admin.V, f.admin.Node())
	}
	c.unsafe(f)
}

// free checks that address is not listened on already. Port 0 is any free port,
// and a listener on all addresses leaves no other its port.
func (c *checker) free(taken []string, address string, at *yamldoc.Node) {
	host, port, _ := hostPort(address)
	for _, t := range taken {
		h, p, _ := hostPort(t)
		if p == port && port != "0" && (h == host || everyAddress(h) || everyAddress(host)) {
			c.add(at, "DG1107", hint("DG1107.address", yamldoc.Quote(t)))
			return
		}
	}
}

func everyAddress(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "" || err == nil && addr.IsUnspecified()
}

// trust checks that a listener which reads PROXY headers says from whom.
func (c *checker) trust(l listener) {
	given := l.at.Find("trust")
	switch {
	case l.proxy == ProxyOff && given != nil && l.at.Find("proxy_protocol") == nil:
		c.warn(given, "DG1601", hint("DG1601")).Hint = hint("DG1601.hint.missing")
	case l.proxy == ProxyOff && given != nil:
		c.warn(given, "DG1601", hint("DG1601")).Hint = hint("DG1601.hint")
	case l.proxy != ProxyOff && given == nil:
		c.add(l.at.Find("proxy_protocol"), "DG1102", hint("DG1102.trust")).Hint = hint("DG1102.hint.trust")
	}
	for _, p := range l.trust {
		if l.proxy != ProxyOff && p.V.Bits() == 0 {
			c.warn(p.Node(), "DG1602", hint("DG1602", p.V.String())).Hint = hint("DG1602.hint")
		}
	}
}

// unsafe checks what unsafe.addresses opens.
func (c *checker) unsafe(f *file) {
	for _, p := range f.unsafe {
		if best(p.V) == netset.LinkLocal {
			c.add(p.Node(), "DG1606", hint("DG1606", p.V.String()))
			continue
		}
		c.warn(p.Node(), "DG1605", hint("DG1605", p.V.String())).Hint = hint("DG1605.hint")
	}
}

// clients checks the entries of clients against each other and the listeners.
func (c *checker) clients(f *file) {
	var seen reached
	readsProxy := slices.ContainsFunc(f.listen, func(l listener) bool { return l.proxy != ProxyOff })
	for _, e := range f.clients {
		name := e.Name.Node()
		if !goodName(e.Name.V) {
			name.Text = e.Name.V
			c.add(name, "DG1217", hint("DG1217", yamldoc.Quote(e.Name.V), "clients")).Hint = hint("DG1217.hint", fmt.Sprint(maxNameRunes))
		}
		from, endpoints := e.V.at.Find("from"), e.V.at.Find("endpoints")
		if from == nil && endpoints == nil {
			c.add(name, "DG1106", hint("DG1106.client", yamldoc.Quote(e.Name.V))).Hint = hint("DG1106.hint.client")
			continue
		}
		if len(e.V.endpoints) > 0 && !readsProxy {
			c.warn(e.V.endpoints[0].Node(), "DG1604", hint("DG1604", yamldoc.Quote(e.Name.V))).Hint = hint("DG1604.hint")
		}
		if by, ok := seen.all(e.V); ok {
			c.warn(name, "DG1308", hint("DG1308", yamldoc.Quote(e.Name.V), yamldoc.Quote(by))).Hint = hint("DG1308.hint")
		}
		seen.add(e.Name.V, e.V)
	}
}

// reached is who the client entries so far stand for, each with the entry.
type reached struct {
	from map[netip.Prefix]string // of entries without endpoints
	ids  map[string][]byID       // of entries with endpoints
}

// byID is an entry that an endpoint id leads to.
type byID struct {
	name string
	from []prefix // empty: any address
}

func (r *reached) add(name string, c client) {
	if r.from == nil {
		r.from, r.ids = make(map[netip.Prefix]string), make(map[string][]byID)
	}
	for _, id := range c.endpoints {
		r.ids[id.V] = append(r.ids[id.V], byID{name, c.from})
	}
	if len(c.endpoints) > 0 {
		return
	}
	for _, p := range c.from {
		if _, ok := r.from[p.V]; !ok {
			r.from[p.V] = name
		}
	}
}

// all reports whether every request that c stands for reaches an entry before
// it, and names the one that takes the first of them.
func (r *reached) all(c client) (by string, ok bool) {
	for i := len(c.endpoints) - 1; i >= 0; i-- {
		entries := r.ids[c.endpoints[i].V]
		j := slices.IndexFunc(entries, func(e byID) bool { return covers(e.from, c.from) })
		if j < 0 {
			return "", false
		}
		by = entries[j].name
	}
	if len(c.endpoints) > 0 {
		return by, true
	}
	for i := len(c.from) - 1; i >= 0; i-- {
		name, ok := r.covering(c.from[i].V)
		if !ok {
			return "", false
		}
		by = name
	}
	return by, len(c.from) > 0
}

// covers reports whether every address of b is in a; an empty list is every
// address.
func covers(a, b []prefix) bool {
	if len(a) == 0 {
		return true
	}
	inside := func(p prefix) bool {
		return slices.ContainsFunc(a, func(q prefix) bool { return netset.Covers(q.V, p.V) })
	}
	return len(b) > 0 && !slices.ContainsFunc(b, func(p prefix) bool { return !inside(p) })
}

// covering returns the entry that a prefix which holds all of p belongs to.
func (r *reached) covering(p netip.Prefix) (string, bool) {
	for bits := p.Bits(); bits >= 0; bits-- {
		wider, err := p.Addr().Prefix(bits)
		if name, ok := r.from[wider]; err == nil && ok {
			return name, true
		}
	}
	return "", false
}

// loopbackOnly reports whether only this machine can connect to address.
func loopbackOnly(address string) bool {
	host, _, _ := hostPort(address)
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// addressIn returns the node of the address of a listener.
func addressIn(n *yamldoc.Node) *yamldoc.Node {
	if a := n.Find("address"); a != nil {
		return a
	}
	return n
}
