package route

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// attached are the networks attached to a transit gateway: what its table has by
// propagation. Gateways have thousands, so they are not asked one by one.
type attached struct {
	routes  map[netip.Prefix]attachment // of several for one network, the file's first
	lengths []int                       // that networks have, the longest first
	sorted  []netip.Prefix              // by address, and by length where that is the same
}

func attachedTo(l *topology.Link) *attached {
	a := &attached{routes: make(map[netip.Prefix]attachment, len(l.VPCs)+len(l.Sites))}
	for _, v := range l.VPCs {
		a.add(v.CIDR, attachment{vpc: v, found: true})
		if v.CIDR6.Is() {
			a.add(v.CIDR6.V, attachment{vpc: v, found: true})
		}
	}
	for _, s := range l.Sites {
		a.add(s.CIDR, attachment{spot: spot{site: s}, found: true})
	}
	slices.SortFunc(a.sorted, byAddress)
	slices.SortFunc(a.lengths, func(x, y int) int { return cmp.Compare(y, x) })
	return a
}

func (a *attached) add(network netip.Prefix, to attachment) {
	if _, ok := a.routes[network]; ok || !network.IsValid() {
		return
	}
	a.routes[network] = to
	a.sorted = append(a.sorted, network)
	if !slices.Contains(a.lengths, network.Bits()) {
		a.lengths = append(a.lengths, network.Bits())
	}
}

func byAddress(p, q netip.Prefix) int {
	return cmp.Or(p.Addr().Compare(q.Addr()), cmp.Compare(p.Bits(), q.Bits()))
}

// longest returns the longest route that covers dst, and how long it is: -1 if
// there is none. The route is split if a part of dst has a longer one.
func (a *attached) longest(dst netip.Prefix) (best attachment, length int) {
	length = -1
	for _, bits := range a.lengths {
		if bits > dst.Bits() {
			continue
		}
		network, err := dst.Addr().Prefix(bits)
		if to, ok := a.routes[network]; ok && err == nil {
			best, length = to, bits
			break
		}
	}
	best.split = a.within(dst)
	return best, length
}

// within reports whether one of the networks is a part of dst.
func (a *attached) within(dst netip.Prefix) bool {
	next, found := slices.BinarySearchFunc(a.sorted, dst, byAddress)
	if found {
		next++
	}
	return next < len(a.sorted) && netset.Overlap(a.sorted[next], dst)
}
