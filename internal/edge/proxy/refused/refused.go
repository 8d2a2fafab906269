// Package refused remembers the requests that were refused last.
package refused

import (
	"net/netip"
	"sync"
	"time"

	"github.com/deguchi-project/deguchi/internal/edge/observe"
)

// Request is a request that was denied, as operators see it.
type Request struct {
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

// Latest remembers the latest refusals. The zero Latest has none.
type Latest struct {
	mu   sync.Mutex
	ring [32]Request
	next int
}

// Add remembers r.
func (l *Latest) Add(r *observe.Record) {
	v := Request{r.Time, r.Trace.String(), r.Client, r.Endpoint, r.ClientName, r.Host, r.Port, r.Reason, r.Rule, r.Err}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ring[l.next%len(l.ring)] = v
	l.next++
}

// List returns the latest refusals, the latest first.
func (l *Latest) List() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := []Request{}
	for i := l.next - 1; i >= max(0, l.next-len(l.ring)); i-- {
		list = append(list, l.ring[i%len(l.ring)])
	}
	return list
}
