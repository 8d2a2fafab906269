package relay

import (
	"math"
	"time"
)

// halfClosedLimit ends a tunnel of which one side has ended its stream while
// nothing comes from the other, whatever Limits.Idle says: most often the side
// that ended is gone altogether, and such pairs pile up until descriptors run out.
const halfClosedLimit = 2 * time.Minute

// never is later than every time.
const never ticks = math.MaxInt64

// sweep moves the clock on and ends what has reached a limit, until Close.
func (p *Pool) sweep() {
	tick := time.NewTicker(maxBeat)
	defer tick.Stop()
	for {
		select {
		case <-p.done:
			return
		case <-p.clock.faster:
			tick.Reset(time.Duration(p.clock.beat.Load()))
		case <-tick.C:
			p.sweepAt(p.clock.advance())
		}
	}
}

// sweepAt ends what is over at the time now.
func (p *Pool) sweepAt(now ticks) {
	for _, s := range p.tunnels.shards {
		for _, o := range s.overdue(now) {
			o.tunnel.stop(o.cause, nil)
		}
	}
}

// due returns when t reaches its first limit if nothing more happens, and which
// one that is.
func (t *Tunnel) due() (ticks, Cause) {
	at, c := never, Finished
	earlier := func(from ticks, d time.Duration, cause Cause) {
		if d > 0 && from+int64(d) < at {
			at, c = from+int64(d), cause
		}
	}
	earlier(t.begun, t.limits.Lifetime, Lifetime)
	earlier(t.active.Load(), t.limits.Idle, Idle)
	if t.moving.Load() < 2 {
		earlier(t.active.Load(), halfClosedLimit, HalfClosed)
	}
	return at, c
}

// look returns when t, looked at now, is to be looked at again: when it may be
// due, and before a stream that ends meanwhile could make it so.
func (t *Tunnel) look(now ticks) ticks {
	at, _ := t.due()
	return min(at, now+ticks(halfClosedLimit))
}
