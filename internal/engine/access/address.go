package access

import (
	"net/netip"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// addresses says which addresses may be connected to, whatever the rules say.
type addresses struct {
	awsNames bool
	private  []netip.Prefix
	unsafe   []netip.Prefix
}

func newAddresses(cfg *config.Config) addresses {
	a := addresses{awsNames: cfg.Private.AWSNames}
	for _, p := range cfg.Private.Networks {
		a.private = append(a.private, unmapped(p))
	}
	for _, p := range cfg.Unsafe {
		a.unsafe = append(a.unsafe, unmapped(p))
	}
	return a
}

// refuses says why addr must not be connected to, "" if it may. kind is that
// of the name that resolved to addr, NotAWS for a literal. Unsafe lifts all
// but link-local addresses and metadata.
func (a *addresses) refuses(addr netip.Addr, kind awsname.Kind, own Own) reason.Code {
	class := netset.Classify(addr)
	switch {
	case class == netset.LinkLocal || netset.IsMetadata(addr):
		return reason.LinkLocal
	case within(a.unsafe, addr):
		return ""
	case own.has(addr):
		return reason.OwnAddress
	case class == netset.Special:
		return reason.SpecialAddress
	case class == netset.Private && !a.admits(addr, kind):
		return reason.PrivateAddress
	}
	return ""
}

// has reports whether addr, or the IPv4 address inside it, is the proxy's own.
func (own Own) has(addr netip.Addr) bool {
	if own == nil {
		return false
	}
	addr = addr.Unmap().WithZone("")
	inside, ok := netset.Embedded(addr)
	return own(addr) || ok && own(inside)
}

// admits reports whether private lets an allowed name of this kind be at the
// private address addr. Only kinds that AWS gives private DNS to may be
// anywhere.
func (a *addresses) admits(addr netip.Addr, kind awsname.Kind) bool {
	switch kind {
	case awsname.API, awsname.Resource, awsname.PackageRepo:
		if a.awsNames {
			return true
		}
	case awsname.Unknown, awsname.NotAWS, awsname.CustomerContent, awsname.VPCE, awsname.Console:
	}
	return within(a.private, addr)
}

// refusesHost is refuses for the host of q before anything is resolved: what
// is no host, and IP literals.
func (a *addresses) refusesHost(q *Request) reason.Code {
	if !q.Host.IsAddr() {
		if q.Host.Name == "" {
			return reason.BadName
		}
		return ""
	}
	code := a.refuses(q.Host.Addr, awsname.NotAWS, q.Own)
	if q.Host.Odd && code != reason.LinkLocal {
		return reason.BadName
	}
	return code
}
