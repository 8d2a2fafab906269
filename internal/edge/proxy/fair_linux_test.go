package proxy

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// from is a dialer whose connections come from addr, one of loopback's many.
func from(addr string) *net.Dialer {
	return &net.Dialer{Timeout: 5 * time.Second, LocalAddr: &net.TCPAddr{IP: net.ParseIP(addr)}}
}

const greedyAddr = "127.9.9.9"

// dialFrom is dial for a client at addr.
func (f *fixture) dialFrom(addr string) *client {
	f.t.Helper()
	c, err := from(addr).DialContext(f.t.Context(), "tcp", f.addr)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	return &client{f.t, c.(*net.TCPConn), bufio.NewReader(c)}
}

// A connection that asks for nothing counts for its client like a tunnel. Some of
// those that are too many are told so, the rest are closed.
func TestConnectionsCountForTheirClient(t *testing.T) {
	f := start(t, permissive+"limits: {tunnels_per_client: 2}\n")
	origin := echoServer(t)
	connect := "CONNECT " + origin + " HTTP/1.1\r\n\r\n"
	silent := []*client{f.dialFrom(greedyAddr), f.dialFrom(greedyAddr)}
	await(t, "two connections", func() bool { return f.Connections() == 2 })
	r := f.dialFrom(greedyAddr).send("%s", connect).response("CONNECT")
	if r.StatusCode != 503 || r.reason() != "overloaded" || !strings.Contains(r.phrase, "limits.tunnels_per_client is reached (2)") {
		t.Errorf("third connection: %q, want overloaded", r.Status)
	}
	if r := f.dialFrom(greedyAddr).response("GET"); r.StatusCode != 503 || r.reason() != "overloaded" {
		t.Errorf("one that does not ask: %q, want overloaded", r.Status)
	}
	if line := f.log(2)[0]; line["host"] != "127.0.0.1" || line["client"] != greedyAddr || line["verdict"] != "denied" {
		t.Errorf("log %v, want who asked for what", line)
	}
	f.tunnel(origin).echo("somebody else")
	var told, closed atomic.Int32
	var wg sync.WaitGroup
	for range 60 {
		c := f.dialFrom(greedyAddr)
		wg.Go(func() {
			if b, _ := io.ReadAll(c); strings.HasPrefix(string(b), "HTTP/1.1 503 ") {
				told.Add(1)
			} else if len(b) == 0 {
				closed.Add(1)
			}
		})
	}
	wg.Wait()
	if told.Load() < 10 || closed.Load() == 0 || told.Load()+closed.Load() != 60 {
		t.Errorf("of 60 too many %d were told so and %d closed; want both, and no other end", told.Load(), closed.Load())
	}
	for _, c := range silent {
		_ = c.Close()
	}
	await(t, "the end of the silent ones", func() bool { return f.Connections() <= 1 })
	if r := f.dialFrom(greedyAddr).send("%s", connect).response("CONNECT"); r.StatusCode != 200 {
		t.Errorf("with room again: %q", r.Status)
	}
}

// What a load balancer has open counts for nobody until its header says for whom,
// and then for them, though they have not asked yet.
func TestABalancerIsNobodysClient(t *testing.T) {
	f := start(t, behindNLB+"limits: {tunnels_per_client: 2}\n")
	f.names.set("cloud.example", "127.0.0.1")
	origin := echoServer(t)
	const id = "vpce-08d2bf15fac5001c9"
	for range 40 {
		f.dial()
	}
	await(t, "40 connections", func() bool { return f.Connections() == 40 })
	header := v2("10.1.1.1:1", endpointTLV(id))
	ask := "CONNECT cloud.example:" + port(origin) + " HTTP/1.1\r\n\r\n"
	c := f.dial().send("%s%s", header, ask)
	if r := c.response("CONNECT"); r.StatusCode != 200 {
		t.Fatalf("behind 40 connections of the balancer's: %q", r.Status)
	}
	f.dial().send("%s", v2("10.1.1.9:1", endpointTLV(id)))
	var r *reply
	await(t, "a refusal", func() bool { // until the silent one's header has been read
		c := f.dial().send("%s%s", header, ask)
		r = c.response("CONNECT")
		_ = c.Close()
		return r.StatusCode != 200
	})
	if r.reason() != "overloaded" {
		t.Errorf("a third of the endpoint's: %q, want overloaded", r.Status)
	}
}

// slowNames answers names below slow.example when the test is over.
type slowNames struct {
	*names
	flying atomic.Int32
	over   chan struct{}
}

func (n *slowNames) Lookup(ctx context.Context, name string) ([]netip.Addr, error) {
	if !strings.HasSuffix(name, ".slow.example") {
		return n.names.Lookup(ctx, name)
	}
	n.flying.Add(1)
	defer n.flying.Add(-1)
	select {
	case <-n.over:
	case <-ctx.Done():
	}
	return nil, context.DeadlineExceeded
}

// A client that makes names up waits for its own lookups, and nobody else does, nor
// does it for a name that is known.
func TestLookupsOfOneClient(t *testing.T) {
	f := start(t, permissive)
	origin := echoServer(t)
	p := f.policyOf(permissive)
	n := &slowNames{names: f.names, over: make(chan struct{})}
	p.Resolver = n
	f.policy.Store(p)
	f.names.set("known.example", "127.0.0.1")
	for i := range 80 {
		f.dialFrom(greedyAddr).send("CONNECT r%d.slow.example:443 HTTP/1.1\r\n\r\n", i)
	}
	await(t, "32 lookups", func() bool { return n.flying.Load() >= 32 })
	other := f.dial().send("CONNECT other.slow.example:443 HTTP/1.1\r\n\r\n")
	await(t, "another client's lookup beside them", func() bool { return n.flying.Load() >= 33 })
	if got := n.flying.Load(); got != 33 {
		t.Errorf("%d lookups, want 32 of the one client and 1 of the other", got)
	}
	if r := f.dialFrom(greedyAddr).send("CONNECT known.example:%s HTTP/1.1\r\n\r\n", port(origin)).response("CONNECT"); r.StatusCode != 200 {
		t.Errorf("a name that is known: %q", r.Status)
	}
	close(n.over)
	if r := other.response("CONNECT"); r.reason() != "dns-timeout" {
		t.Errorf("the other's: %q, want dns-timeout", r.Status)
	}
}

// flood is what a greedy client does, again and again: connections that do not
// ask, tunnels to an origin that never answers, tunnels that are opened and left.
// hello goes ahead of what each sends.
func (f *fixture) flood(ctx context.Context, hello, silent, origin string) *sync.WaitGroup {
	var wg sync.WaitGroup
	requests := []string{"", "CONNECT " + silent + " HTTP/1.1\r\n\r\n", "CONNECT " + origin + " HTTP/1.1\r\n\r\n"}
	for i := range 600 {
		time.Sleep(time.Millisecond) // until a header is read nobody knows whose a connection is
		wg.Go(func() {
			for ctx.Err() == nil {
				c, err := from(greedyAddr).DialContext(ctx, "tcp", f.addr)
				if err != nil {
					continue
				}
				stop := context.AfterFunc(ctx, func() { _ = c.Close() })
				_ = c.SetDeadline(time.Now().Add(10 * time.Second))
				_, _ = io.WriteString(c, hello+requests[i%len(requests)])
				_, _ = c.Read(make([]byte, 512))
				if i%len(requests) != 2 {
					_, _ = io.Copy(io.Discard, c)
				}
				stop()
				_ = c.Close()
				time.Sleep(time.Second)
			}
		})
	}
	return &wg
}

// modest has 50 clients ask for a tunnel ten times each. It returns how long each
// took.
func (f *fixture) modest(origin string, who func(i int) (addr, hello string)) []time.Duration {
	const clients, times = 50, 10
	all := make([]time.Duration, clients*times)
	var wg sync.WaitGroup
	for i := range clients {
		addr, hello := who(i)
		wg.Go(func() {
			for n := range times {
				begun := time.Now()
				if err := ask(f.t.Context(), addr, f.addr, hello+"CONNECT "+origin+" HTTP/1.1\r\n\r\n"); err != nil {
					f.t.Errorf("modest client %d: %v", i, err)
					return
				}
				all[i*times+n] = time.Since(begun)
				time.Sleep(20 * time.Millisecond)
			}
		})
	}
	wg.Wait()
	return all
}

// ask opens a tunnel and leaves.
func ask(ctx context.Context, addr, proxy, request string) error {
	c, err := from(addr).DialContext(ctx, "tcp", proxy)
	if err != nil {
		return err
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(c, request); err != nil {
		return err
	}
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "HTTP/1.1 200 ") {
		return fmt.Errorf("answer %q, %w", line, err)
	}
	return nil
}

// TestGreedyAndModest: one client, or endpoint, floods a proxy that has descriptors
// for 300 connections, of which it may have 100. 50 others get all their answers.
func TestGreedyAndModest(t *testing.T) {
	const limits = "limits: {tunnels_per_client: 100, connect_timeout: 2s}\n"
	var ids []string
	for i := range 51 {
		ids = append(ids, fmt.Sprintf("vpce-%017x", i))
	}
	balanced := strings.NewReplacer(
		`"127.0.0.1:0"`, `"127.0.0.1:0", proxy_protocol: required, trust: [127.0.0.0/8]`,
		`"::1/128"]}}`, `"::1/128"]}, far: {endpoints: [`+strings.Join(ids, ", ")+`]}}`,
	).Replace(permissive)
	endpoint := func(i int) string { return v2("10.1.1.1:1", endpointTLV(ids[i])) }
	for name, tt := range map[string]struct {
		yaml, greedy string
		modest       func(i int) (addr, hello string)
	}{
		"addresses": {permissive, "", func(i int) (addr, hello string) { return fmt.Sprintf("127.1.0.%d", i+1), "" }},
		"endpoints": {balanced, endpoint(50), func(i int) (addr, hello string) { return greedyAddr, endpoint(i) }},
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, tt.yaml+limits)
			f.limiter.Descriptors.Store(2 * 300)
			origin := echoServer(t)
			silent := blackhole(t)
			var quiet, flooded []time.Duration
			for range 2 {
				quiet = append(quiet, f.modest(origin, tt.modest)...)
				ctx, cancel := context.WithCancel(t.Context())
				flood := f.flood(ctx, tt.greedy, silent, origin)
				await(t, "the flood", func() bool { return f.Connections() >= 100 })
				flooded = append(flooded, f.modest(origin, tt.modest)...)
				cancel()
				flood.Wait()
				await(t, "the end of the flood", func() bool { return f.Connections() == 0 })
			}
			slices.Sort(quiet)
			slices.Sort(flooded)
			at := func(all []time.Duration, share float64) time.Duration { return all[int(share*float64(len(all)-1))] }
			for _, share := range []float64{0.5, 0.99} {
				q, l := at(quiet, share), at(flooded, share)
				t.Logf("p%.0f: quiet %v, flooded %v, %.2f times", 100*share, q, l, float64(l)/float64(q))
			}
			if longest := flooded[len(flooded)-1]; longest > 8*time.Second {
				t.Errorf("a modest client waited for %v", longest)
			}
		})
	}
}
