package proxy

import (
	"net"
	"net/netip"
	"sync/atomic"
	"time"
)

// ownAddresses knows the addresses of this machine, but for those of loopback:
// they are special wherever the proxy runs, and explain says so. They change
// rarely: they are read again when a question comes and the last answer is old.
type ownAddresses struct {
	set  atomic.Pointer[map[netip.Addr]struct{}]
	next atomic.Int64 // Unix nanoseconds
}

// ownRefresh is how old the list of addresses may be.
const ownRefresh = 10 * time.Second

// Own reports whether a is an address of this machine.
func (s *Server) Own(a netip.Addr) bool { return s.own.contains(a) }

func (o *ownAddresses) contains(a netip.Addr) bool {
	now := time.Now().UnixNano()
	if next := o.next.Load(); now >= next && o.next.CompareAndSwap(next, now+int64(ownRefresh)) {
		o.refresh()
	}
	_, ok := (*o.set.Load())[a.Unmap().WithZone("")]
	return ok
}

// refresh reads the addresses. If they cannot be read, those known before stay.
func (o *ownAddresses) refresh() {
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
