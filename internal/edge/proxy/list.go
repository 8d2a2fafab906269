package proxy

import (
	"cmp"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/deguchi-project/deguchi/internal/edge/observe"
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

// Refused is a request that was denied, as operators see it.
type Refused struct {
	Time       time.Time      `json:"time"`
	Trace      string         `json:"trace"`
	Client     netip.AddrPort `json:"client"`
	Endpoint   string         `json:"endpoint,omitempty"`
	ClientName string         `json:"client_name,omitempty"`
	Host       string         `json:"host,omitempty"`
	Port       uint16         `json:"port,omitempty"`
	Reason     string         `json:"reason"`
	Rule       string         `json:"rule,omitempty"`
	Err        string         `json:"err,omitempty"`
}

// lastRefusals remembers the latest refusals.
type lastRefusals struct {
	mu   sync.Mutex
	ring [32]Refused
	next int
}

func (l *lastRefusals) add(r *observe.Record) {
	v := Refused{r.Time, r.Trace.String(), r.Client, r.Endpoint, r.ClientName, r.Host, r.Port, r.Reason, r.Rule, r.Err}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ring[l.next%len(l.ring)] = v
	l.next++
}

// Refusals returns the latest refusals, the latest first.
func (s *Server) Refusals() []Refused {
	l := &s.refusals
	l.mu.Lock()
	defer l.mu.Unlock()
	list := []Refused{}
	for i := l.next - 1; i >= max(0, l.next-len(l.ring)); i-- {
		list = append(list, l.ring[i%len(l.ring)])
	}
	return list
}
