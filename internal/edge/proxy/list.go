package proxy

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"github.com/deguchi-project/deguchi/internal/edge/proxy/refused"
)

// Tunnel is a live tunnel as operators see it.
type Tunnel struct {
	Trace      string         `json:"trace"`
	Client     netip.AddrPort `json:"client"`
	Endpoint   string         `json:"endpoint,omitempty"`
	ClientName string         `json:"client_name,omitempty"`
	Host       string         `json:"host"`
	Port       uint16         `json:"port"`
	Addr       netip.AddrPort `json:"addr"`
	Rule       string         `json:"rule,omitempty"`
	Verdict    string         `json:"verdict"`
	Config     string         `json:"config"`
	AgeS       int64          `json:"age_s"`
	Up         int64          `json:"up"`
	Down       int64          `json:"down"`
}

// List returns the live tunnels, the oldest first.
func (s *Server) List(now time.Time) []Tunnel {
	list := []Tunnel{}
	for t := range s.tunnels.all() {
		v := Tunnel{
			t.trace.String(), t.client, t.endpoint, t.said.clientName, t.host, t.port, t.addr,
			t.said.rule, t.said.verdict, t.said.config, int64(now.Sub(t.began()).Seconds()), t.up, t.down,
		}
		if running := t.relay.Load(); running != nil {
			up, down := running.Bytes()
			v.Up += up
			v.Down += down
		}
		list = append(list, v)
	}
	slices.SortFunc(list, func(a, b Tunnel) int {
		return cmp.Or(cmp.Compare(b.AgeS, a.AgeS), cmp.Compare(a.Trace, b.Trace))
	})
	return list
}

// Own reports whether a is an address of this machine.
func (s *Server) Own(a netip.Addr) bool { return s.own.Contains(a) }

// Tunnels returns the number of live tunnels.
func (s *Server) Tunnels() int { return s.tunnels.count() }

// Connections returns the number of connections from clients, tunnels included.
func (s *Server) Connections() int64 { return s.limiter.Connections.Load() }

// Refusals returns the latest refusals, the latest first.
func (s *Server) Refusals() []refused.Request { return s.refusals.List() }
