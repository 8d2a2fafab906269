package relay

import (
	"sync/atomic"
	"time"
)

// ticks is a coarse time: nanoseconds since the Pool was made, as of the last
// sweep. Reading it costs one load, so that every move of bytes may be stamped.
type ticks = int64

type atomicTicks = atomic.Int64

// maxBeat and minBeat bound the time between two sweeps.
const (
	maxBeat = time.Second
	minBeat = 10 * time.Millisecond
)

// clock holds the coarse time and how often it must move on.
type clock struct {
	origin time.Time
	now    atomicTicks
	beat   atomic.Int64  // between two sweeps; shrinks with the shortest limit
	faster chan struct{} // the beat has shrunk
}

func (c *clock) init() {
	c.origin = time.Now()
	c.beat.Store(int64(maxBeat))
	c.faster = make(chan struct{}, 1)
}

func (c *clock) coarse() ticks { return c.now.Load() }

// advance reads the real time.
func (c *clock) advance() ticks {
	now := int64(time.Since(c.origin))
	c.now.Store(now)
	return now
}

// respect makes the beat short enough for lim, for good.
func (c *clock) respect(lim Limits) {
	for _, d := range [...]time.Duration{lim.Idle, lim.Lifetime} {
		if d > 0 && d/16 < time.Duration(c.beat.Load()) {
			c.shrink(max(d/16, minBeat))
		}
	}
}

func (c *clock) shrink(beat time.Duration) {
	for {
		old := c.beat.Load()
		if int64(beat) >= old {
			return
		}
		if c.beat.CompareAndSwap(old, int64(beat)) {
			break
		}
	}
	c.advance() // what starts now is not as old as the last sweep
	select {
	case c.faster <- struct{}{}:
	default:
	}
}
