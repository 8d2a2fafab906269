package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

var soakTime = flag.Duration("soak", 4*time.Second, "how long TestSoak goes on; half an hour before a release")

// TestSoak mixes short tunnels, bulk, sessions in which a word is said now and
// then, tunnels that are silent for all of it, requests that are denied, plain
// ones and broken ones, under reloads. Every byte arrives on either side as it
// was sent, every CONNECT is answered, and when all have gone the proxy holds
// what it held before.
func TestSoak(t *testing.T) {
	t.Parallel()
	port := originOf(t, digesting)
	p := startProxy(t, setup{more: soakLimits(0)})
	s := &soak{t: t, p: p, echo: fmt.Sprintf(".ap-northeast-1.amazonaws.com:%d", port)}
	if err := s.bulk(); err != nil { // what is made once is made
		t.Fatal(err)
	}
	before := s.held()

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	s.ctx, s.stop = ctx, stop
	s.openSilent()
	says := s.session()
	s.began = time.Now()
	_ = s.weigh() // a busy machine may not come to it in the first half
	s.every(1, says, 20*time.Millisecond)
	s.every(3, s.short, 0)
	s.every(2, s.bulk, 20*time.Millisecond)
	s.every(2, s.denied, 10*time.Millisecond)
	s.every(2, s.broken, 10*time.Millisecond)
	s.every(1, s.plain, 10*time.Millisecond)
	s.every(1, s.reload, time.Second)
	s.every(1, s.weigh, *soakTime/100)
	s.all.Wait()
	s.hangUp()

	t.Logf("in %v: %s", time.Since(s.began).Round(time.Second), s)
	for what, n := range s.counts() {
		if n == 0 {
			t.Errorf("no %s", what)
		}
	}
	eventually(t, "nothing more is held than before", func() bool {
		now := s.held()
		return now.fds <= before.fds+40 && now.goroutines <= before.goroutines+4 // 16 pipes are kept
	})
	t.Logf("before: %v; after: %v; memory at most %.1f MB in the first half, %.1f MB in the second", before, s.held(), s.most[0]/1e6, s.most[1]/1e6)
	if s.most[1] > 1.25*s.most[0]+4e6 {
		t.Error("memory grows")
	}
	if lost := p.metric(t, "deguchi_log_lost_lines_total"); lost != 0 {
		t.Errorf("%v lines of the log were lost", lost)
	}
}

// soakLimits is a configuration that differs from that of n+1. Time-outs are
// such that a machine with other work does not decide the outcome.
func soakLimits(n int64) string {
	return fmt.Sprintf("limits: {tunnels_per_client: %d, connect_timeout: 1m, header_timeout: 1m, idle: 2h}", 20000+n%2)
}

// digesting sends back what it gets, and at its end the digest of it: so that a
// byte that changes on one way and back on the other is seen.
func digesting(c net.Conn) {
	h := sha256.New()
	if _, err := io.Copy(io.MultiWriter(c, h), c); err == nil {
		_, _ = c.Write(h.Sum(nil))
	}
}

// soak is a mixed load.
type soak struct {
	t     *testing.T
	p     *proxy
	echo  string // host:port of a digesting origin, without the service
	began time.Time
	ctx   context.Context // while it goes on
	stop  context.CancelFunc
	all   sync.WaitGroup

	shorts, bulks, denials, breaks, plains, words, silences, reloads atomic.Int64

	most    [2]float64 // largest memory in either half, in bytes
	weighed int
	idle    []session
	silent  []*conn
}

// counts is how much of each kind was done, and was right.
func (s *soak) counts() map[string]int64 {
	return map[string]int64{
		"short tunnels": s.shorts.Load(), "bulk tunnels": s.bulks.Load(), "denied": s.denials.Load(), "broken clients": s.breaks.Load(),
		"plain requests": s.plains.Load(), "words in sessions": s.words.Load(), "silent tunnels": s.silences.Load(), "reloads": s.reloads.Load(),
	}
}

func (s *soak) String() string {
	counts := s.counts()
	var b strings.Builder
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&b, "%d %s, ", counts[what], what)
	}
	return strings.TrimSuffix(b.String(), ", ")
}

// holding is what a process holds.
type holding struct {
	memory     float64 // resident, in bytes
	fds        int
	goroutines float64
}

func (h holding) String() string {
	return fmt.Sprintf("%.1f MB, %d descriptors, %.0f goroutines", h.memory/1e6, h.fds, h.goroutines)
}

func (s *soak) held() holding {
	return holding{s.p.metric(s.t, "process_resident_memory_bytes"), s.p.descriptors(s.t), s.p.metric(s.t, "go_goroutines")}
}

// every has n clients do what f does, with a pause, until the time is over or
// something is wrong.
func (s *soak) every(n int, f func() error, pause time.Duration) {
	for range n {
		s.all.Go(func() {
			for s.goesOn() {
				if err := f(); err != nil {
					s.t.Errorf("after %v: %v", time.Since(s.began).Round(time.Second), err)
					s.stop()
					return
				}
				time.Sleep(pause)
			}
		})
	}
}

// goesOn reports whether it does: until the time is over and enough was done for
// a leak to show, or something is wrong.
func (s *soak) goesOn() bool {
	return s.ctx.Err() == nil && (time.Since(s.began) < *soakTime || s.shorts.Load() < 300 || s.breaks.Load() < 100)
}

// target is the origin by one of two names: that of SNS is known, the other is
// asked for each time.
func (s *soak) target() string { return []string{"sns", "events"}[rand.IntN(2)] + s.echo }

// tunnel opens a tunnel to the echo.
func (s *soak) tunnel() (*conn, error) {
	c, err := s.p.tryDial("")
	if err != nil {
		return nil, err
	}
	_ = c.SetDeadline(time.Now().Add(unanswered))
	resp, body, err := c.connect(s.target())
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("CONNECT: %s %s", resp.Status, body)
	}
	if err != nil {
		_ = c.Close()
	}
	return c, err
}

// unanswered is how long a client of a soak waits.
const unanswered = time.Minute

func (s *soak) short() error { return s.send(1+rand.IntN(2000), &s.shorts) }
func (s *soak) bulk() error  { return s.send(4<<20, &s.bulks) }

// send sends size bytes, and expects them back.
func (s *soak) send(size int, count *atomic.Int64) error {
	c, err := s.tunnel()
	if err != nil {
		return err
	}
	defer c.Close()
	sent := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{byte(size), byte(size >> 8), byte(count.Load())}).Read(sent)
	go func() {
		_, _ = c.Write(sent)
		_ = c.Conn.(*net.TCPConn).CloseWrite()
	}()
	if err := c.expect(sent); err != nil {
		return err
	}
	count.Add(1)
	return nil
}

// expect reads sent, and the digest that a digesting origin made of it.
func (c *conn) expect(sent []byte) error {
	got, err := io.ReadAll(c)
	sum := sha256.Sum256(sent)
	if err != nil || !bytes.Equal(got, append(sent, sum[:]...)) {
		return fmt.Errorf("%d of %d bytes and their digest came back, or they are wrong: %w", len(got), len(sent), err)
	}
	return nil
}

// openSilent opens tunnels of which nothing is heard until hangUp.
func (s *soak) openSilent() {
	for range 200 {
		c, err := s.tunnel()
		if err != nil {
			s.t.Fatal(err)
		}
		s.silent = append(s.silent, c)
	}
}

// hangUp ends the sessions, and the silent tunnels with the only word that is
// said in them.
func (s *soak) hangUp() {
	for _, idle := range s.idle {
		_ = idle.Close()
	}
	for _, c := range s.silent {
		_ = c.SetDeadline(time.Now().Add(unanswered))
		word := []byte("goodbye")
		_, _ = c.Write(word)
		_ = c.Conn.(*net.TCPConn).CloseWrite()
		if err := c.expect(word); err != nil {
			s.t.Errorf("a tunnel that was silent: %v", err)
		} else {
			s.silences.Add(1)
		}
		_ = c.Close()
	}
}

func (s *soak) denied() error {
	c, err := s.p.tryDial("")
	if err != nil {
		return err
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(unanswered))
	resp, _, err := c.connect("example.com:443")
	if err != nil || resp.StatusCode != http.StatusForbidden {
		return fmt.Errorf("CONNECT to a host that no rule allows: %v, %w", resp, err)
	}
	s.denials.Add(1)
	return nil
}

// broken clients say nonsense, half of what they should, hang up too early, or do
// not read what they asked for.
func (s *soak) broken() error {
	if rand.IntN(4) == 0 {
		return s.stuffed()
	}
	c, err := s.p.tryDial("")
	if err != nil {
		return err
	}
	head := connectTo(s.target())
	said := []string{"", head[:rand.IntN(len(head))], head, "\x16\x03\x01", "GET / HTTP/1.1\r\n\r\n", strings.Repeat("a", 20<<10), head + strings.Repeat("b", 1<<20)}[rand.IntN(7)]
	_, _ = io.WriteString(c, said)
	if rand.IntN(2) == 0 {
		reset(c.Conn)
	}
	_ = c.Close()
	s.breaks.Add(1)
	return nil
}

// stuffed sends until nothing more goes, reads nothing, and resets: the proxy has
// bytes of it in both directions then.
func (s *soak) stuffed() error {
	c, err := s.tunnel()
	if err != nil {
		return err
	}
	_ = c.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
	_, _ = c.Write(make([]byte, 64<<20))
	reset(c.Conn)
	s.breaks.Add(1)
	return nil
}

func (s *soak) plain() error {
	c, err := s.p.tryDial("")
	if err != nil {
		return err
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(unanswered))
	const page = "/one/megabyte.bin"
	if _, err := fmt.Fprintf(c, "GET http://mirror.amazonlinux.com:%d%s HTTP/1.1\r\nHost: mirror.amazonlinux.com\r\n\r\n", here.web.port, page); err != nil {
		return err
	}
	resp, err := http.ReadResponse(c.br, nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if got, err := io.ReadAll(resp.Body); err != nil || string(got) != pages[page] {
		return fmt.Errorf("GET: %s, %d bytes, %w", resp.Status, len(got), err)
	}
	s.plains.Add(1)
	return nil
}

// session opens sessions that stay while reloads come and go, and says a word in
// each in turn.
func (s *soak) session() func() error {
	for range 50 {
		s.idle = append(s.idle, openSession(s.t, s.p))
	}
	var next atomic.Int64
	return func() error {
		err := s.idle[next.Add(1)%50].say(fmt.Sprint(rand.Int64()))
		if err == nil {
			s.words.Add(1)
		}
		return err
	}
}

// reload has the proxy read another configuration, and waits until it is in force.
func (s *soak) reload() error {
	was := s.p.digest(s.t)
	s.p.configure(s.t, setup{more: soakLimits(s.reloads.Add(1))})
	s.p.signal(s.t, syscall.SIGHUP)
	for began := time.Now(); s.p.digest(s.t) == was; time.Sleep(50 * time.Millisecond) {
		if time.Since(began) > unanswered {
			return errors.New("the new configuration is not in force")
		}
	}
	return nil
}

// weigh notes how much memory the proxy has. It is done a hundred times.
func (s *soak) weigh() error {
	half := 0
	if time.Since(s.began) > *soakTime/2 {
		half = 1
	}
	now := s.held()
	s.most[half] = max(s.most[half], now.memory)
	if s.weighed++; s.weighed%10 == 0 {
		s.t.Logf("after %v: %v", time.Since(s.began).Round(time.Second), now)
	}
	return nil
}
