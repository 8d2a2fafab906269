package relay

import (
	"bytes"
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"net"
	"testing"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

func TestBothDirectionsAtOnceArriveUnchanged(t *testing.T) {
	size := int64(64 << 20)
	if testing.Short() {
		size = 4 << 20
	}
	inEveryWay(t, func(t *testing.T, j joiner) {
		f := j.join(t)
		var sent, got [2]chan sum
		ends := [2]*net.TCPConn{f.client, f.origin}
		for i, c := range ends {
			sent[i], got[i] = make(chan sum, 1), make(chan sum, 1)
			go func() { sent[i] <- sendRandom(c, size, uint64(i)) }()
			go func() { got[i] <- receive(c) }()
		}
		up, upGot, down, downGot := <-sent[0], <-got[1], <-sent[1], <-got[0]
		if upGot != up || downGot != down {
			t.Errorf("up: sent %v, got %v; down: sent %v, got %v", up, upGot, down, downGot)
		}
		if r, want := f.result(t), (Result{Up: size, Down: size}); r != want {
			t.Errorf("Result = %+v, want %+v", r, want)
		}
	})
}

// sum is what a stream was, in short.
type sum struct {
	n      int64
	digest [sha256.Size]byte
}

// sendRandom writes n random bytes in pieces of 1 byte to 100 kB and half-closes.
func sendRandom(c *net.TCPConn, n int64, seed uint64) sum {
	rnd := rand.New(rand.NewPCG(seed, 0))
	source := rand.NewChaCha8([32]byte{byte(seed)})
	h, buf, left := sha256.New(), make([]byte, 100_000), n
	for left > 0 {
		b := buf[:min(left, 1+rnd.Int64N(1<<rnd.IntN(17)))]
		_, _ = source.Read(b)
		h.Write(b)
		if _, err := c.Write(b); err != nil {
			break
		}
		left -= int64(len(b))
	}
	_ = c.CloseWrite()
	return sum{n - left, [sha256.Size]byte(h.Sum(nil))}
}

func receive(c *net.TCPConn) sum {
	h := sha256.New()
	n, _ := io.Copy(h, c)
	return sum{n, [sha256.Size]byte(h.Sum(nil))}
}

func TestBulkThenSmallThenBulk(t *testing.T) {
	inEveryWay(t, func(t *testing.T, j joiner) {
		f := j.join(t)
		bulk := bytes.Repeat([]byte("0123456789abcdef"), 128<<10)
		for range 3 {
			go func() { _, _ = f.client.Write(bulk) }()
			expect(t, f.origin, string(bulk))
			for range 100 {
				send(t, f.client, []byte("x"))
				expect(t, f.origin, "x")
			}
		}
	})
}

func TestPingPong(t *testing.T) {
	inEveryWay(t, func(t *testing.T, j joiner) {
		f := j.join(t)
		for range 1000 {
			send(t, f.client, []byte("a"))
			expect(t, f.origin, "a")
			send(t, f.origin, []byte("b"))
			expect(t, f.client, "b")
		}
		until(t, "Bytes() tells what the running tunnel has moved", func() bool {
			up, down := f.tunnel.Bytes()
			return up == 1000 && down == 1000
		})
	})
}

func TestEarlyBytesComeFirst(t *testing.T) {
	inEveryWay(t, func(t *testing.T, j joiner) {
		early := bytes.Repeat([]byte("early "), 2<<20) // more than socket buffers hold
		f := j.joinWith(t, early, Limits{})
		send(t, f.client, []byte("late"))
		if err := f.client.CloseWrite(); err != nil {
			t.Fatal(err)
		}
		send(t, f.origin, []byte("the other way does not wait"))
		expect(t, f.client, "the other way does not wait")
		expect(t, f.origin, string(early)+"late")
		expectEnd(t, f.origin)
		_ = f.origin.Close()
		if r := f.result(t); r.Up != int64(len(early)+4) || r.Cause != Finished {
			t.Errorf("Result = %+v, want %d bytes up, finished", r, len(early)+4)
		}
	})
}

func TestHalfCloseIsPassedOn(t *testing.T) {
	inEveryWay(t, func(t *testing.T, j joiner) {
		for name, sides := range map[string]func(*far) (first, second *net.TCPConn){
			"client first": func(f *far) (_, _ *net.TCPConn) { return f.client, f.origin },
			"origin first": func(f *far) (_, _ *net.TCPConn) { return f.origin, f.client },
		} {
			t.Run(name, func(t *testing.T) {
				f := j.join(t)
				first, second := sides(f)
				send(t, first, []byte("request"))
				if err := first.CloseWrite(); err != nil {
					t.Fatal(err)
				}
				expect(t, second, "request")
				expectEnd(t, second)
				send(t, second, []byte("the answer comes after the end"))
				expect(t, first, "the answer comes after the end")
				_ = second.CloseWrite()
				expectEnd(t, first)
				if r := f.result(t); r.Cause != Finished || r.Err != nil {
					t.Errorf("Result = %+v, want finished without error", r)
				}
			})
		}
	})
}

func TestSlowReaderHoldsBackTheSender(t *testing.T) {
	inEveryWay(t, func(t *testing.T, j joiner) {
		f := j.join(t)
		const size = 64 << 20 // many times what four socket buffers hold
		sent := make(chan sum, 1)
		go func() { sent <- sendRandom(f.client, size, 7) }()
		last := int64(-1)
		until(t, "the tunnel stands still", func() bool {
			was := last
			last, _ = f.tunnel.Bytes()
			return last > 0 && last == was && lent(j.pool) > 0
		})
		if n := lent(j.pool); n > 2 || last > size/2 {
			t.Errorf("with a reader that does not read: %d buffers and pipes lent, %d bytes moved", n, last)
		}
		if got, want := receive(f.origin), <-sent; got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestIdleTunnelHoldsNothing(t *testing.T) {
	j := joiner{pool: New(), network: "tcp4"}
	defer j.pool.Close()
	_, can := ways["loops"]
	requiretest.That(t, can, "readiness of sockets, which can be awaited on Linux")
	f := j.join(t)
	bulk := string(make([]byte, 8<<20))
	for i, c := range [...]*net.TCPConn{f.client, f.origin, f.client} {
		other := [...]*net.TCPConn{f.origin, f.client, f.origin}[i]
		go func() { _, _ = c.Write([]byte(bulk)) }()
		expect(t, other, bulk)
		until(t, "nothing is lent", func() bool { return lent(j.pool) == 0 })
	}
}
