package resolve

import (
	"slices"
	"sync"
	"time"
)

const (
	silences = 3                // in a row, until a server counts as dead
	dead     = 10 * time.Second // for how long it is then asked last
)

// health remembers which servers keep silent, so that a dead first server
// costs its share of the timeout now and then, not at every lookup. A few slow
// names are not enough: the order of servers can matter to what they answer.
type health struct {
	now func() time.Time

	mu      sync.Mutex
	servers map[string]silence // only those that were silent last
}

type silence struct {
	times int
	until time.Time
}

// order returns servers, those that count as dead last. The result is the
// caller's own.
func (h *health) order(servers []string) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	alive := make([]string, 0, len(servers))
	var late []string
	for _, s := range servers {
		if sil, ok := h.servers[s]; ok && sil.times >= silences && h.now().Before(sil.until) {
			late = append(late, s)
		} else {
			alive = append(alive, s)
		}
	}
	return slices.Concat(alive, late)
}

func (h *health) answered(server string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.servers, server)
}

func (h *health) silent(server string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.servers == nil {
		h.servers = make(map[string]silence)
	}
	sil := h.servers[server]
	h.servers[server] = silence{sil.times + 1, h.now().Add(dead)}
}
