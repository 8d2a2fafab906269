package relay

import (
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
)

// Tunnels that end in every way while others begin get the same descriptors and
// slots again and again. No byte, and no event, may come to another's tunnel.
func TestNothingIsMixedUp(t *testing.T) {
	rounds := 60
	if testing.Short() {
		rounds = 15
	}
	inEveryWay(t, func(t *testing.T, j joiner) {
		var next atomic.Uint64
		var all sync.WaitGroup
		for w := range 16 {
			rnd := rand.New(rand.NewPCG(uint64(w), 0))
			all.Go(func() {
				for range rounds {
					mine := binary.BigEndian.AppendUint64(nil, next.Add(1))
					f := j.join(t)
					for range 1 + rnd.IntN(3) {
						send(t, f.client, mine)
						expect(t, f.origin, string(mine))
						send(t, f.origin, mine)
						expect(t, f.client, string(mine))
					}
					endSomehow(t, f, rnd)
				}
			})
		}
		all.Wait()
	})
}

func endSomehow(t *testing.T, f *far, rnd *rand.Rand) {
	why := errors.New("cut")
	switch rnd.IntN(5) {
	case 0:
		_ = f.client.Close()
		_ = f.origin.Close()
	case 1:
		reset(f.client)
	case 2:
		reset(f.origin)
	case 3:
		f.tunnel.Cut(why)
		go f.tunnel.Cut(why) // too late for the tunnel, and perhaps for its slot
	case 4:
		_ = f.origin.CloseWrite()
		_, _ = io.Copy(io.Discard, f.client)
		_ = f.client.Close()
	}
	if r := f.result(t); r.Up == 0 || r.Up%8 != 0 || r.Down%8 != 0 {
		t.Errorf("Result = %+v, want whole messages of 8 bytes", r)
	}
}
