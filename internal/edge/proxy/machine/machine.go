// Package machine is what a proxy must know of the machine it runs on: which
// addresses are its own, and how many descriptors it may have open.
package machine

import (
	"net"
	"net/netip"
	"sync/atomic"
	"time"
)

// Addresses knows the addresses of this machine, but for those of loopback:
// they are special wherever the proxy runs, and explain says so. They change
// rarely: they are read again when a question comes and the last answer is old.
type Addresses struct {
	set  atomic.Pointer[map[netip.Addr]struct{}]
	next atomic.Int64 // Unix nanoseconds
}

// ownRefresh is how old the list of addresses may be.
const ownRefresh = 10 * time.Second

// Contains reports whether a is an address of this machine. Refresh has been
// called before.
func (o *Addresses) Contains(a netip.Addr) bool {
	now := time.Now().UnixNano()
	if next := o.next.Load(); now >= next && o.next.CompareAndSwap(next, now+int64(ownRefresh)) {
		o.Refresh()
	}
	_, ok := (*o.set.Load())[a.Unmap().WithZone("")]
	return ok
}

// Refresh reads the addresses. If they cannot be read, those known before stay.
func (o *Addresses) Refresh() {
	set := map[netip.Addr]struct{}{}
	addrs, err := net.InterfaceAddrs()
	if err != nil && o.set.Load() != nil {
		return
	}
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok {
			if addr, ok := netip.AddrFromSlice(n.IP); ok && !addr.Unmap().IsLoopback() {
				set[addr.Unmap()] = struct{}{}
			}
		}
	}
	o.set.Store(&set)
}
