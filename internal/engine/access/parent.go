package access

import (
	"net/netip"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// parent is an upstream proxy and the hosts that go through it; none is all.
type parent struct {
	entry *config.Parent
	hosts hosts
}

func newParents(cfg *config.Config) []parent {
	parents := make([]parent, len(cfg.Upstream))
	for i := range cfg.Upstream {
		p := &cfg.Upstream[i]
		parents[i] = parent{p, newHosts(p.Hosts, p.Networks)}
	}
	return parents
}

// Parent returns the upstream proxy that q goes through, nil if it goes
// directly. The first that matches is used.
func (r *Rules) Parent(q *Request) *config.Parent {
	for i := range r.parents {
		if p := &r.parents[i]; p.hosts.holds(q) {
			return p.entry
		}
	}
	return nil
}

// ParentAnswer says why the addresses of an upstream proxy must not be
// connected to; it is zero if they may. The operator named that proxy, so it
// may be private, but nothing else that is always refused.
func (r *Rules) ParentAnswer(addrs []netip.Addr, own Own) reason.Because {
	for _, addr := range addrs {
		code := r.addresses.refuses(addr, awsname.NotAWS, own)
		if code != "" && code != reason.PrivateAddress {
			return reason.New(code, text(addr))
		}
	}
	return reason.Because{}
}
