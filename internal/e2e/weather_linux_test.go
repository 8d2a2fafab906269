package e2e

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// near is an address of this machine, and far is the same machine seen through
// the weather: what is sent to far arrives at near, from far.
const (
	near = "10.9.0.1"
	far  = "10.9.0.2"
)

// weather is a network device of the tests' own through which everything to far
// and from far goes, a packet at a time: some are lost, all are late by a time
// of their own, so that they overtake each other, and some never arrive.
type weather struct {
	device   *os.File
	loss     atomic.Int64 // packets of a thousand
	delay    atomic.Int64 // at most, in nanoseconds
	swallows atomic.Pointer[func(packet) bool]

	fell atomic.Int64 // packets that did not arrive
	late sync.WaitGroup
	done sync.WaitGroup
}

// packet is an IPv4 packet as it came.
type packet []byte

func (p packet) tcp() []byte             { return p[4*(p[0]&15):] }
func (p packet) from() uint16            { return binary.BigEndian.Uint16(p.tcp()) }
func (p packet) to() uint16              { return binary.BigEndian.Uint16(p.tcp()[2:]) }
func (p packet) toward(port uint16) bool { return p.from() == port || p.to() == port }

// newWeather makes the device. It needs a network namespace of its own.
func newWeather(t *testing.T) *weather {
	t.Helper()
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	req, err := unix.NewIfreq("weather0")
	if err != nil {
		t.Fatal(err)
	}
	req.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, req); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"addr", "add", near + "/24", "dev", "weather0"}, {"link", "set", "weather0", "up"}} {
		if out, err := exec.Command(requiretest.Program(t, "ip"), args...).CombinedOutput(); err != nil {
			t.Fatalf("ip %v: %v\n%s", args, err, out)
		}
	}
	w := &weather{device: os.NewFile(uintptr(fd), "weather0")}
	w.done.Go(w.blow)
	t.Cleanup(func() {
		_ = w.device.Close()
		w.done.Wait()
		w.late.Wait()
	})
	return w
}

// blow passes packets on until the device is closed.
func (w *weather) blow() {
	buf := make([]byte, 64<<10)
	for {
		n, err := w.device.Read(buf)
		if err != nil {
			return
		}
		p := packet(bytes.Clone(buf[:n]))
		if n < 40 || p[0]>>4 != 4 || p[9] != unix.IPPROTO_TCP {
			continue
		}
		if swallows := w.swallows.Load(); rand.Int64N(1000) < w.loss.Load() || swallows != nil && (*swallows)(p) {
			w.fell.Add(1)
			continue
		}
		copy(p[12:20], append(bytes.Clone(p[16:20]), p[12:16]...)) // the sums stay right
		if most := w.delay.Load(); most > 0 {
			w.late.Add(1)
			time.AfterFunc(time.Duration(rand.Int64N(most)), func() {
				defer w.late.Done()
				_, _ = w.device.Write(p)
			})
			continue
		}
		_, _ = w.device.Write(p)
	}
}

// clear is what a test leaves behind.
func (w *weather) clear() {
	w.loss.Store(0)
	w.delay.Store(0)
	w.swallows.Store(nil)
	w.fell.Store(0)
}

// swallow loses what f says.
func (w *weather) swallow(f func(packet) bool) { w.swallows.Store(&f) }

// TestWeather runs in a network of its own.
func TestWeather(t *testing.T) {
	if os.Getenv(asInside) == "" {
		t.Parallel()
		tun, err := os.OpenFile("/dev/net/tun", os.O_RDWR, 0)
		requiretest.That(t, err == nil, "/dev/net/tun, and root")
		_ = tun.Close()
		requiretest.Program(t, "ip")
		inNewNetwork(t)
		return
	}
	w := newWeather(t)
	for _, tt := range []struct {
		name string
		run  func(*testing.T, *weather)
	}{
		{"loss, delay and packets that overtake each other", testLossAndDelay},
		{"large packets vanish behind the proxy", testBlackHole},
		{"a client vanishes", testClientVanishes},
		{"an origin vanishes", testOriginVanishes},
		{"an origin is not there", testOriginIsNotThere},
	} {
		t.Run(tt.name, func(t *testing.T) {
			defer w.clear()
			tt.run(t, w)
		})
	}
}

// farHost is a host of AWS on the far side, as behind an interface endpoint.
const farHost = "sqs.ap-northeast-1.amazonaws.com"

// weathered is a proxy that clients reach through the weather, and that reaches
// farHost through it.
func weathered(t *testing.T, limits string) *proxy {
	t.Helper()
	here.names.say(farHost, addresses(far))
	p := newProxy(t, setup{address: near + ":3128", clients: `far: {from: [10.9.0.2/32]}`, more: "limits: {" + limits + "}"})
	p.start(t, program(t, "serve", "-c", p.file))
	p.waitReady(t)
	p.addr = far + ":3128"
	return p
}

// echo answers on near with what it gets, and returns its port.
func echo(t *testing.T) (port uint16) {
	t.Helper()
	ln, err := net.Listen("tcp", near+":0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer c.Close()
				_ = c.SetDeadline(time.Now().Add(time.Minute))
				_, _ = io.Copy(c, c)
			})
		}
	})
	t.Cleanup(func() { _ = ln.Close(); all.Wait() })
	return ln.Addr().(*net.TCPAddr).AddrPort().Port()
}

// tunnel opens a tunnel to port of farHost.
func (p *proxy) tunnel(t *testing.T, port uint16) *conn {
	t.Helper()
	c := p.dial(t, "")
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	resp, body, err := c.connect(fmt.Sprintf("%s:%d", farHost, port))
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("CONNECT: %v %v %s", resp, err, body)
	}
	return c
}

// Promised: every CONNECT is answered, and bytes arrive as they were sent.
func testLossAndDelay(t *testing.T, w *weather) {
	p, port := weathered(t, "connect_timeout: 20s"), echo(t)
	w.loss.Store(30)
	w.delay.Store(int64(8 * time.Millisecond))
	sent := make([]byte, 128<<10)
	for i := range sent {
		sent[i] = byte(rand.Uint32())
	}
	began := time.Now()
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			c := p.tunnel(t, port)
			go func() {
				_, _ = c.Write(sent)
				_ = c.Conn.(*net.TCPConn).CloseWrite()
			}()
			if got, err := io.ReadAll(c); err != nil || !bytes.Equal(got, sent) {
				t.Errorf("%d of %d bytes came back, %v", len(got), len(sent), err)
			}
		})
	}
	all.Wait()
	if w.fell.Load() == 0 {
		t.Error("nothing was lost")
	}
	t.Logf("16 tunnels of %d bytes each way in %v, %d packets fell", len(sent), time.Since(began).Round(time.Second/10), w.fell.Load())
}

// Promised: small exchanges work, a large one ends by limits.idle with that
// reason in the log, and no other tunnel notices.
func testBlackHole(t *testing.T, w *weather) {
	p, port := weathered(t, "idle: 2s"), echo(t)
	stuck, other := p.tunnel(t, port), p.tunnel(t, port)
	w.swallow(func(p packet) bool { return len(p) > 1300 && p.toward(port) })
	stuck.mustEcho(t, "small")
	began := time.Now()
	if _, err := stuck.Write(make([]byte, 64<<10)); err != nil {
		t.Fatal(err)
	}
	over := make(chan bool)
	go func() { over <- stuck.isOver() }()
	for waiting := true; waiting; {
		select {
		case ended := <-over:
			if !ended {
				t.Error("the stuck tunnel does not end")
			}
			waiting = false
		case <-time.After(100 * time.Millisecond):
			other.mustEcho(t, "still here")
		}
	}
	t.Logf("the stuck tunnel ended after %v", time.Since(began).Round(time.Second/10))
	p.log.find(t, "the idle tunnel", func(l line) bool { return l.Event == "end" && l.Host == farHost && l.Up >= 64<<10 && l.Err != "" })
	other.mustEcho(t, "after it")
}

// Promised: a client of which nothing is heard any more holds nothing for
// longer than limits.idle.
func testClientVanishes(t *testing.T, w *weather) {
	p, port := weathered(t, "idle: 1s"), echo(t)
	c := p.tunnel(t, port)
	c.mustEcho(t, "hello")
	w.swallow(func(p packet) bool { return p.toward(3128) })
	got := p.log.end(t, farHost)
	if got.Err == "" || got.Up != 5 || got.Down != 5 {
		t.Errorf("log: %+v", got)
	}
	t.Logf("the tunnel ended after %d ms, err %q", got.TookMS, got.Err)
	eventually(t, "no tunnel is left", func() bool { _, body := p.ask(t, http.MethodGet, "/tunnels"); return !strings.Contains(body, farHost) })
}

// Promised: the same of an origin; its client is told by the end of the tunnel.
func testOriginVanishes(t *testing.T, w *weather) {
	p, port := weathered(t, "idle: 1s"), echo(t)
	c := p.tunnel(t, port)
	c.mustEcho(t, "hello")
	w.swallow(func(p packet) bool { return p.toward(port) })
	if !c.isOver() {
		t.Error("the client still waits")
	}
	got := p.log.end(t, farHost)
	if got.Err == "" {
		t.Errorf("log: %+v", got)
	}
	t.Logf("the tunnel ended after %d ms, err %q", got.TookMS, got.Err)
}

// Promised: 504 within connect_timeout.
func testOriginIsNotThere(t *testing.T, w *weather) {
	p, port := weathered(t, "connect_timeout: 1s"), echo(t)
	w.swallow(func(p packet) bool { return p.toward(port) })
	began := time.Now()
	resp, _, err := p.dial(t, "").connect(fmt.Sprintf("%s:%d", farHost, port))
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusGatewayTimeout || resp.Header.Get("X-Deguchi-Reason") != "connect-timeout" {
		t.Errorf("answer: %v", resp)
	}
	took := time.Since(began)
	if took > patience/2 {
		t.Errorf("after %v", took)
	}
	t.Logf("%d %s after %v", resp.StatusCode, resp.Header.Get("X-Deguchi-Reason"), took.Round(time.Second/10))
}

func (c *conn) mustEcho(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(text))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != text {
		t.Fatalf("got %q, %v", got, err)
	}
}

// isOver reports whether the peer ends the connection soon.
func (c *conn) isOver() bool {
	_ = c.SetReadDeadline(time.Now().Add(patience))
	_, err := io.Copy(io.Discard, c)
	return !isTimeout(err)
}
