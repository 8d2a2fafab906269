package relay

import (
	"net"
	"strconv"
	"sync"
	"testing"
)

// An idle tunnel that has echoed a byte takes two goroutines of the smallest
// stack, two connections and its record; and no descriptor more than those two.
func TestIdleTunnelIsSmall(t *testing.T) {
	const n = 2000
	idle := func(mode string) footprint {
		p := startChild(t, mode)
		before := p.footprint()
		for range n {
			c, o := p.pair()
			defer func() { _, _ = c.Close(), o.Close() }()
			p.echo(c, o, []byte{1})
		}
		after := p.footprint()
		return footprint{RSS: (after.RSS - before.RSS) / n, Stacks: (after.Stacks - before.Stacks) / n,
			Files: after.Files - before.Files}
	}
	ours, iocopy := idle("relay"), idle("iocopy")
	t.Logf("%d tunnels: %+v per tunnel, with io.Copy %+v (descriptors in all)", n, ours, iocopy)
	if ours.Files != 2*n {
		t.Errorf("%d tunnels hold %d descriptors, want 2 each", n, ours.Files)
	}
	if raceEnabled { // its stacks and shadows are of another size
		return
	}
	if ours.Stacks > 5000 {
		t.Errorf("the stacks of an idle tunnel take %d B, want two of 2 KiB", ours.Stacks)
	}
	if ours.RSS > 10_000 {
		t.Errorf("an idle tunnel takes %d B, want at most 10000", ours.RSS)
	}
}

// inEachRelay runs bench with this package and with io.Copy, and reports the CPU
// time of the relay alone.
func inEachRelay(b *testing.B, bench func(b *testing.B, p *childProxy)) {
	for _, mode := range []string{"relay", "iocopy"} {
		b.Run(mode, func(b *testing.B) {
			p := startChild(b, mode)
			before := p.footprint()
			bench(b, p)
			b.ReportMetric(float64(p.footprint().CPU-before.CPU)/float64(b.N), "cpu-ns/op")
		})
	}
}

// BenchmarkSetup is a tunnel that carries one byte each way.
func BenchmarkSetup(b *testing.B) {
	inEachRelay(b, func(b *testing.B, p *childProxy) {
		one := []byte{1}
		for b.Loop() {
			c, o := p.pair()
			p.echo(c, o, one)
			_, _ = c.Close(), o.Close()
		}
	})
}

func BenchmarkPingPong(b *testing.B) {
	inEachRelay(b, func(b *testing.B, p *childProxy) {
		c, o := p.pair()
		msg := make([]byte, 64)
		for b.Loop() {
			p.echo(c, o, msg)
		}
		_, _ = c.Close(), o.Close()
	})
}

// BenchmarkBulk moves 100 MB a round, so that 1 cpu-ns/op is 10 ns/GB.
func BenchmarkBulk(b *testing.B) {
	for _, streams := range []int{1, 8} {
		b.Run(strconv.Itoa(streams), func(b *testing.B) {
			inEachRelay(b, func(b *testing.B, p *childProxy) {
				const round = 100 << 20
				b.SetBytes(round)
				for b.Loop() {
					var all sync.WaitGroup
					for range streams {
						c, o := p.pair()
						all.Go(func() { blast(o, round/streams) })
						all.Go(func() { drain(c) })
					}
					all.Wait()
				}
			})
		})
	}
}

func blast(c *net.TCPConn, n int) {
	buf := make([]byte, 256<<10)
	for ; n > 0; n -= len(buf) {
		if _, err := c.Write(buf[:min(n, len(buf))]); err != nil {
			break
		}
	}
	_ = c.Close()
}

func drain(c *net.TCPConn) {
	buf := make([]byte, 256<<10)
	for {
		if _, err := c.Read(buf); err != nil {
			break
		}
	}
	_ = c.Close()
}
