package machine

import (
	"net"
	"net/netip"
	"testing"
)

// Every address of this machine is its own but those of loopback, as package net
// lists them, in either spelling of IPv4.
func TestAddresses(t *testing.T) {
	var own Addresses
	own.Refresh()
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addrs {
		n, ok := a.(*net.IPNet)
		if !ok {
			continue
		}
		addr, _ := netip.AddrFromSlice(n.IP.To16()) // IPv4 as IPv6 writes it
		if want := !addr.Unmap().IsLoopback(); own.Contains(addr) != want || own.Contains(addr.Unmap()) != want {
			t.Errorf("%s: want %v", addr, want)
		}
	}
	if own.Contains(netip.MustParseAddr("192.0.2.1")) { // RFC 5737: nobody's
		t.Error("a stranger's address is taken for our own")
	}
}

func TestDescriptors(t *testing.T) {
	if n := Descriptors(); n < 256 {
		t.Errorf("%d descriptors", n)
	}
	if again := Descriptors(); again != Descriptors() {
		t.Error("asking changes the answer")
	}
}
