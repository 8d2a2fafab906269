package relay

import "testing"

// ways are the ways of moving bytes that this system has. All are held to the
// same tests.
var ways = map[string]way{
	"loops":      {func(*Pool) {}, true},
	"goroutines": {func(p *Pool) { p.mover.portable = true }, false},
	"no pipes":   {func(p *Pool) { p.mover.pipes.max = 0 }, true},
}

// checkReturned fails if a pipe was not given back.
func checkReturned(t *testing.T, p *Pool) {
	t.Helper()
	if ps := &p.mover.pipes; ps.all != 0 || len(ps.free) != 0 {
		t.Errorf("after Close: %d pipes exist, %d free, want none", ps.all, len(ps.free))
	}
}

// lent returns how many buffers and pipes are out.
func lent(p *Pool) int { return int(p.buffers.out.Load()) + p.mover.pipes.out() }

// out returns how many pipes are lent.
func (ps *pipes) out() int {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.all - len(ps.free)
}
