package daemon

import (
	"context"
	"math/rand/v2"
	"time"
)

// poll calls look again and again until ctx ends: every interval, or up to a
// fifth earlier or later, because a fleet that starts together must not ask
// together.
func poll(ctx context.Context, every time.Duration, look func(context.Context)) {
	for {
		wait := time.NewTimer(jittered(every, rand.Float64())) //nolint:gosec // it spreads load and hides nothing
		select {
		case <-wait.C:
			look(ctx)
		case <-ctx.Done():
			wait.Stop()
			return
		}
	}
}

// jittered is every, a fifth less for 0 and almost a fifth more for just under 1.
func jittered(every time.Duration, at float64) time.Duration {
	return time.Duration(float64(every) * (0.8 + 0.4*at))
}
