package proxy

import (
	"context"
	"net"

	"github.com/deguchi-project/deguchi/internal/edge/observe"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// Swap puts p in force. Ports that it adds are bound first: if one cannot be,
// nothing changes. Ports that both have go on accepting without a gap, ports
// that p lacks are closed, and no tunnel is touched. p belongs to s from then on
// and is swapped in once.
func (s *Server) Swap(ctx context.Context, p *Policy) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	fresh, err := s.bind(ctx, p.Config.Listen, new([]net.Listener))
	if err != nil {
		return err
	}
	p.number = s.policy.Load().number + 1
	s.policy.Store(p)
	s.warnOfOne(p)
	wanted := map[string]*config.Listener{}
	for i := range p.Config.Listen {
		wanted[p.Config.Listen[i].Address] = &p.Config.Listen[i]
	}
	for address, l := range s.listeners {
		if w, ok := wanted[address]; ok {
			l.settings.Store(w)
			continue
		}
		_ = l.Close()
		delete(s.listeners, address)
	}
	if s.draining.Load() || s.retired.Load() {
		closeAll(fresh)
		return nil
	}
	s.accept(fresh)
	return nil
}

// SwapLog makes l the access log and returns the one before.
func (s *Server) SwapLog(l *observe.AccessLog) *observe.AccessLog { return s.access.Swap(l) }
