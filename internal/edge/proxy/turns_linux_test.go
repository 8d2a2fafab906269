package proxy

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
)

// witness notes the names that are asked for, in order.
type witness struct {
	*names
	mu    sync.Mutex
	order []string
}

func (w *witness) Known(name string) ([]netip.Addr, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.order = append(w.order, name)
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, true
}

func (w *witness) seen() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.order)
}

// crowdYAML has a listener whose clients are endpoints, if hello is not empty.
func crowdYAML(endpoints ...string) string {
	if len(endpoints) == 0 {
		return permissive
	}
	return strings.NewReplacer(
		`"127.0.0.1:0"`, `"127.0.0.1:0", proxy_protocol: required, trust: [127.0.0.0/8]`,
		`"::1/128"]}}`, `"::1/128"]}, far: {endpoints: [`+strings.Join(endpoints, ", ")+`]}}`,
	).Replace(permissive)
}

// TestOneBehindACrowd: 400 requests of one client lie there when the proxy begins
// to accept, and behind them one of another's. It is carried out before a quarter of
// theirs, not after them. Nothing here is measured: turns are counted.
func TestOneBehindACrowd(t *testing.T) {
	const crowd = 400
	const many, one = "vpce-0000000000000000a", "vpce-0000000000000000b"
	for name, tt := range map[string]struct {
		yaml                   string
		greedyAddr, greedyHead string
		modestAddr, modestHead string
	}{
		"by address":  {crowdYAML(), greedyAddr, "", "127.1.0.1", ""},
		"by endpoint": {crowdYAML(many, one), greedyAddr, v2("10.1.1.1:1", endpointTLV(many)), greedyAddr, v2("10.1.1.1:1", endpointTLV(one))},
	} {
		t.Run(name, func(t *testing.T) {
			origin := echoServer(t)
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			say := func(addr, head, name string) {
				c, err := from(addr).DialContext(t.Context(), "tcp", ln.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = c.Close() })
				if _, err := fmt.Fprintf(c, "%sCONNECT %s:%s HTTP/1.1\r\n\r\n", head, name, port(origin)); err != nil {
					t.Fatal(err)
				}
			}
			for i := range crowd {
				say(tt.greedyAddr, tt.greedyHead, fmt.Sprintf("g%d.example", i))
			}
			say(tt.modestAddr, tt.modestHead, "modest.example")

			f := prepare(t, tt.yaml)
			w := &witness{names: f.names}
			p := f.policyOf(strings.Replace(tt.yaml, "127.0.0.1:0", ln.Addr().String(), 1))
			p.Resolver = w
			f.policy.Store(p)
			if err := f.Listen(t.Context(), []net.Listener{ln}); err != nil {
				t.Fatal(err)
			}
			await(t, "everybody's turn", func() bool { return len(w.seen()) == crowd+1 })
			if at := slices.Index(w.seen(), "modest.example"); at > crowd/4 {
				t.Errorf("%d of %d requests of the other client went first, want a quarter at most", at, crowd)
			} else {
				t.Logf("%d of %d requests of the other client went first", at, crowd)
			}
			await(t, "all tunnels", func() bool { return f.Tunnels() == crowd+1 })
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if cut := f.Shutdown(ctx); cut != crowd+1 {
				t.Errorf("%d tunnels stood, want all", cut)
			}
		})
	}
}
