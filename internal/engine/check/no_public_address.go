package check

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// noPublicAddress finds proxies, and clients without one, whose way out is an
// internet gateway although they have no public address: their packets vanish.
// A client that has endpoints or links beside it may need no other way.
//
// VPC user guide, "Internet gateways" (VPC_Internet_Gateway.md): it translates
// between a public IPv4 address and the private one of the interface.
func noPublicAddress(f *finder) {
	for _, p := range f.t.Proxies {
		if byIGW(p.At.Subnet) && p.PublicIP.State == topology.NotWritten && !p.IPv6.Is() && !wholly(p) {
			f.fail(ofProxy(p), say("DG3505", "proxies."+p.Name, p.At.Subnet.Path())).Hint = say("DG3505.hint")
		}
	}
	for _, c := range f.t.Clients {
		if !byIGW(c.At.Subnet) || c.PublicIP.State != topology.NotWritten || c.IPv6.Is() || c.Proxy.State != topology.NotWritten {
			continue
		}
		report := f.warn
		if onlyOut(c.At.Subnet) {
			report = f.fail
		}
		report(ofClient(c), say("DG3505", "clients."+c.Name, c.At.Subnet.Path())).Hint = say("DG3505.hint")
	}
}

// byIGW reports whether the internet is behind an internet gateway for s.
func byIGW(s *topology.Subnet) bool {
	return s != nil && exit(s) != nil && exit(s).Target.Kind == topology.InternetGateway
}

// onlyOut reports whether s has no other way to anything than its default route.
func onlyOut(s *topology.Subnet) bool {
	toLink := func(r *topology.Route) bool { return r.Target.Kind == topology.ToLink }
	return len(s.VPC.Endpoints) == 0 && len(s.VPC.DNS.Zones) == 0 && !slices.ContainsFunc(s.Routes, toLink)
}
