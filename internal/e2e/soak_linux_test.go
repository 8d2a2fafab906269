package e2e

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

var soakTime = flag.Duration("soak", 4*time.Second, "how long TestSoak goes on; half an hour before a release")

// TestSoak mixes short tunnels, bulk, sessions that are idle for long, requests
// that are denied, plain ones and broken ones, under reloads. Every byte comes
// back as it was sent, every CONNECT is answered, and when all have gone the
// proxy holds what it held before.
func TestSoak(t *testing.T) {
	t.Parallel()
	port := originOf(t, func(c net.Conn) { _, _ = io.Copy(c, c) })
	p := startProxy(t, setup{more: "limits: {tunnels_per_client: 20000}"})
	s := &soak{t: t, p: p, echo: fmt.Sprintf("sns.ap-northeast-1.amazonaws.com:%d", port)}
	if err := s.bulk(); err != nil { // what is made once is made
		t.Fatal(err)
	}
	fds, goroutines := p.descriptors(t), p.metric(t, "go_goroutines")

	idle := s.session()
	s.until = time.Now().Add(*soakTime)
	s.every(3, s.short, 0)
	s.every(2, s.bulk, 20*time.Millisecond)
	s.every(2, s.denied, 10*time.Millisecond)
	s.every(2, s.broken, 10*time.Millisecond)
	s.every(1, s.plain, 10*time.Millisecond)
	s.every(1, idle, 20*time.Millisecond)
	s.every(1, s.reload(), time.Second)
	s.watch()
	s.all.Wait()
	for _, idle := range s.idle {
		_ = idle.Close()
	}

	counts := s.String()
	t.Logf("in %v: %s", *soakTime, counts)
	if strings.Contains(counts, " 0 ") {
		t.Error("not all kinds were tried")
	}
	eventually(t, "nothing more is held than before", func() bool {
		return p.descriptors(t) <= fds+20 && p.metric(t, "go_goroutines") <= goroutines+4 // some pipes are kept
	})
	if s.memory[1] > 1.5*s.memory[0] {
		t.Error("memory grows")
	}
	if lost := p.metric(t, "deguchi_log_lost_lines_total"); lost != 0 {
		t.Errorf("%v lines of the log were lost", lost)
	}
}

// soak is a mixed load.
type soak struct {
	t     *testing.T
	p     *proxy
	echo  string // host:port that sends everything back
	until time.Time
	all   sync.WaitGroup

	shorts, bulks, denials, breaks, plains, words, reloads atomic.Int64
	memory                                                 [2]float64 // largest in either half, in bytes
	idle                                                   []session
}

func (s *soak) String() string {
	return fmt.Sprintf(" %d short tunnels, %d MB, %d denied, %d broken, %d plain, %d words in sessions, %d reloads; at most %.1f MB, then %.1f MB",
		s.shorts.Load(), s.bulks.Load(), s.denials.Load(), s.breaks.Load(), s.plains.Load(), s.words.Load(), s.reloads.Load(),
		s.memory[0]/1e6, s.memory[1]/1e6)
}

// every has n clients do what f does, with a pause, until the time is over.
func (s *soak) every(n int, f func() error, pause time.Duration) {
	for range n {
		s.all.Go(func() {
			for time.Now().Before(s.until) {
				if err := f(); err != nil {
					s.t.Error(err)
					return
				}
				time.Sleep(pause)
			}
		})
	}
}

// tunnel opens a tunnel to the echo.
func (s *soak) tunnel() (*conn, error) {
	c, err := s.p.tryDial("")
	if err != nil {
		return nil, err
	}
	resp, body, err := c.connect(s.echo)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("CONNECT: %s %s", resp.Status, body)
	}
	if err != nil {
		_ = c.Close()
	}
	return c, err
}

func (s *soak) short() error { return s.send(1+rand.IntN(2000), &s.shorts, 1) }
func (s *soak) bulk() error  { return s.send(4<<20, &s.bulks, 4) }

// send sends size bytes, and expects them back.
func (s *soak) send(size int, count *atomic.Int64, n int64) error {
	c, err := s.tunnel()
	if err != nil {
		return err
	}
	defer c.Close()
	sent := make([]byte, size)
	for i := range sent {
		sent[i] = byte(i*7>>3) ^ byte(size)
	}
	go func() {
		_, _ = c.Write(sent)
		_ = c.Conn.(*net.TCPConn).CloseWrite()
	}()
	got, err := io.ReadAll(c)
	if err != nil || !bytes.Equal(got, sent) {
		return fmt.Errorf("%d of %d bytes came back, %w", len(got), size, err)
	}
	count.Add(n)
	return nil
}

func (s *soak) denied() error {
	c, err := s.p.tryDial("")
	if err != nil {
		return err
	}
	defer c.Close()
	resp, _, err := c.connect("example.com:443")
	if err != nil || resp.StatusCode != http.StatusForbidden {
		return fmt.Errorf("CONNECT to a host that no rule allows: %v, %w", resp, err)
	}
	s.denials.Add(1)
	return nil
}

// broken clients say nonsense, half of what they should, or hang up too early.
func (s *soak) broken() error {
	c, err := s.p.tryDial("")
	if err != nil {
		return err
	}
	head := "CONNECT " + s.echo + " HTTP/1.1\r\nHost: " + s.echo + "\r\n\r\n"
	said := []string{"", head[:rand.IntN(len(head))], head, "\x16\x03\x01", "GET / HTTP/1.1\r\n\r\n", strings.Repeat("a", 20<<10)}[rand.IntN(6)]
	_, _ = io.WriteString(c, said)
	if rand.IntN(2) == 0 {
		reset(c.Conn)
	}
	_ = c.Close()
	s.breaks.Add(1)
	return nil
}

func (s *soak) plain() error {
	c, err := s.p.tryDial("")
	if err != nil {
		return err
	}
	defer c.Close()
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
		s.words.Add(1)
		return s.idle[next.Add(1)%50].say(fmt.Sprint(rand.Int64()))
	}
}

func (s *soak) reload() func() error {
	return func() error {
		n := s.reloads.Add(1)
		s.p.configure(s.t, setup{more: fmt.Sprintf("limits: {tunnels_per_client: %d}", 20000+n%2)})
		s.p.signal(s.t, syscall.SIGHUP)
		return nil
	}
}

// watch notes how much memory the proxy has.
func (s *soak) watch() {
	s.all.Go(func() {
		for time.Now().Before(s.until) {
			half := 0
			if time.Until(s.until) < *soakTime/2 {
				half = 1
			}
			s.memory[half] = max(s.memory[half], s.p.metric(s.t, "process_resident_memory_bytes"))
			time.Sleep(*soakTime / 100)
		}
	})
}
