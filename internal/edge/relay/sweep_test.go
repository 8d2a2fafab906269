package relay

import (
	"testing"
	"time"
)

// BenchmarkSweep is one look at fifty thousand tunnels, of which none is due.
func BenchmarkSweep(b *testing.B) {
	p := newPool()
	defer p.mover.close()
	s := p.tunnels.some()
	for range 50_000 {
		t := &Tunnel{pool: p, limits: Limits{Idle: time.Hour}}
		t.moving.Store(2)
		s.add(t)
	}
	for now := ticks(0); b.Loop(); now += ticks(time.Second) {
		if now > ticks(time.Minute) {
			now = 0
		}
		p.sweepAt(now)
	}
}
