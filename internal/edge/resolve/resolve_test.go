package resolve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
)

func TestLookup(t *testing.T) {
	const soa = "example. 30 IN SOA ns.example. root.example. 1 2 3 4 60"
	var many, chain []string
	for i := range 100 {
		many = append(many, fmt.Sprintf("a.example. 60 IN A 192.0.2.%d", i))
		chain = append(chain, fmt.Sprintf("n%d.example. 60 IN CNAME n%d.example.", i, i+1))
	}
	tests := map[string]struct {
		name   string
		server dns.HandlerFunc
		want   []string
		kind   Kind // of the error, if want is empty
	}{
		"both families, A first":                {"a.example", zone(0, "a.example. 60 IN AAAA 2001:db8::1", "a.example. 60 IN A 192.0.2.1"), []string{"192.0.2.1", "2001:db8::1"}, 0},
		"one family":                            {"a.example", zone(0, "a.example. 60 IN A 192.0.2.1"), []string{"192.0.2.1"}, 0},
		"the other family":                      {"a.example", zone(0, "a.example. 60 IN AAAA 2001:db8::1"), []string{"2001:db8::1"}, 0},
		"case and last dot do not matter":       {"A.Example.", zone(0, "a.eXample. 60 IN A 192.0.2.1"), []string{"192.0.2.1"}, 0},
		"IPv4 inside an AAAA is IPv4":           {"a.example", zone(0, "a.example. 60 IN AAAA ::ffff:192.0.2.1"), []string{"192.0.2.1"}, 0},
		"the same address twice counts once":    {"a.example", zone(0, "a.example. 60 IN A 192.0.2.1", "a.example. 60 IN A 192.0.2.1"), []string{"192.0.2.1"}, 0},
		"CNAMEs are followed in any order":      {"a.example", zone(0, "c.example. 60 IN A 192.0.2.1", "b.example. 60 IN CNAME C.example.", "a.example. 60 IN CNAME b.example."), []string{"192.0.2.1"}, 0},
		"addresses of other names are not ours": {"a.example", zone(0, "b.example. 60 IN A 192.0.2.1", soa), nil, NotFound},
		"a CNAME to nowhere is not followed up": {"a.example", zone(0, "a.example. 60 IN CNAME b.example."), nil, NotFound},
		"a CNAME loop ends":                     {"a.example", zone(0, "a.example. 60 IN CNAME b.example.", "b.example. 60 IN CNAME a.example."), nil, Malformed},
		"a CNAME to itself ends":                {"a.example", zone(0, "a.example. 60 IN CNAME a.example."), nil, Malformed},
		"a CNAME chain has an end":              {"n0.example", zone(0, append(chain, "n100.example. 60 IN A 192.0.2.1")...), nil, Malformed},
		"another class is not ours":             {"a.example", zone(0, "a.example. 60 CH A 192.0.2.1"), nil, NotFound},
		"no such name":                          {"a.example", zone(dns.RcodeNameError, soa), nil, NotFound},
		"no such name, whatever it goes on to":  {"a.example", zone(dns.RcodeNameError, "a.example. 60 IN A 192.0.2.1"), nil, NotFound},
		"no address":                            {"a.example", zone(0, soa), nil, NotFound},
		"server failure":                        {"a.example", zone(dns.RcodeServerFailure), nil, Failed},
		"refusal":                               {"a.example", zone(dns.RcodeRefused), nil, Refused},
		"a server that refers elsewhere":        {"a.example", refer, nil, Failed},
		"a reply too long for UDP":              {"a.example", truncate(zone(0, many...)), addresses(many[:maxAddrs]), 0},
		"a server that knows no EDNS":           {"a.example", noEDNS(zone(0, "a.example. 60 IN A 192.0.2.1")), []string{"192.0.2.1"}, 0},
		"a server that knows nothing":           {"a.example", zone(dns.RcodeNotImplemented), nil, Failed},
	}
	for why, tt := range tests {
		t.Run(why, func(t *testing.T) {
			r := newResolver(t, Options{Servers: []string{serve(t, tt.server)}, Timeout: 2 * time.Second})
			got, err := lookup(t, r, tt.name)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Lookup(%q) (-want +got):\n%s", tt.name, diff)
			}
			if tt.want == nil {
				wantKind(t, err, tt.kind)
			} else if err != nil {
				t.Errorf("Lookup(%q): %v", tt.name, err)
			}
		})
	}
}

func wantKind(t *testing.T, err error, kind Kind) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Kind != kind {
		t.Errorf("Lookup = %v, want an *Error of kind %s", err, kind)
	}
}

// refer is a server that does not recurse.
func refer(w dns.ResponseWriter, q *dns.Msg) {
	m := new(dns.Msg).SetReply(q)
	ns, _ := dns.NewRR("example. 60 IN NS ns.example.")
	m.Ns = []dns.RR{ns}
	_ = w.WriteMsg(m)
}

// truncate sends nothing but the header over UDP.
func truncate(next dns.HandlerFunc) dns.HandlerFunc {
	return func(w dns.ResponseWriter, q *dns.Msg) {
		if w.RemoteAddr().Network() == "tcp" {
			next(w, q)
			return
		}
		m := new(dns.Msg).SetReply(q)
		m.Truncated = true
		_ = w.WriteMsg(m)
	}
}

// noEDNS refuses what has an OPT record.
func noEDNS(next dns.HandlerFunc) dns.HandlerFunc {
	return func(w dns.ResponseWriter, q *dns.Msg) {
		if q.IsEdns0() == nil {
			next(w, q)
			return
		}
		_ = w.WriteMsg(new(dns.Msg).SetRcode(q, dns.RcodeFormatError))
	}
}

// addresses returns the last words of records.
func addresses(records []string) []string {
	var all []string
	for _, r := range records {
		all = append(all, r[strings.LastIndexByte(r, ' ')+1:])
	}
	return all
}

func TestNoServerIsAskedAbout(t *testing.T) {
	file := hostsOf(t, "10.0.0.1 printer Printer.corp.example # ours\n::ffff:10.0.0.2 printer\nnonsense\n1.2.3 bad\n192.0.2.1 localhost\n")
	tests := map[string]struct {
		name string
		want []string
		kind Kind
	}{
		"a literal":                       {"192.0.2.1", []string{"192.0.2.1"}, 0},
		"a literal that hides IPv4":       {"::ffff:192.0.2.1", []string{"192.0.2.1"}, 0},
		"a name of the hosts file":        {"printer", []string{"10.0.0.1", "10.0.0.2"}, 0},
		"its alias, in any case":          {"PRINTER.corp.example.", []string{"10.0.0.1"}, 0},
		"localhost, whatever the file":    {"localhost", []string{"127.0.0.1", "::1"}, 0},
		"names below localhost":           {"a.b.LocalHost.", []string{"127.0.0.1", "::1"}, 0},
		"nothing":                         {"", nil, BadName},
		"the root":                        {".", nil, BadName},
		"an empty label":                  {"a..example", nil, BadName},
		"a label that is too long":        {strings.Repeat("a", 64) + ".example", nil, BadName},
		"a name that is too long":         {strings.Repeat("a.", 128), nil, BadName},
		"a space":                         {"a b.example", nil, BadName},
		"a byte that is no letter":        {"a\x00.example", nil, BadName},
		"a letter that DNS does not have": {"é.example", nil, BadName},
	}
	for why, tt := range tests {
		t.Run(why, func(t *testing.T) {
			r := newResolver(t, Options{Hosts: file, Servers: []string{"127.0.0.1:9"}, dial: noDial(t)})
			got, err := lookup(t, r, tt.name)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Lookup(%q) (-want +got):\n%s", tt.name, diff)
			}
			if tt.want == nil {
				wantKind(t, err, tt.kind)
			}
		})
	}
}

func TestNewRefusesServersThatAreNoAddresses(t *testing.T) {
	for _, s := range []string{"", "ns.example:53", "192.0.2.1", "[::1]"} {
		if r, err := New(Options{Servers: []string{s}}); err == nil {
			r.Close()
			t.Errorf("New with server %q: no error", s)
		}
	}
}

func TestResultIsTheCallersOwn(t *testing.T) {
	r := newResolver(t, Options{Servers: []string{serve(t, zone(0, "a.example. 60 IN A 192.0.2.1"))}, Cache: 1})
	first, err := r.Lookup(t.Context(), "a.example")
	if err != nil {
		t.Fatal(err)
	}
	want := first[0]
	first[0] = first[0].Next()
	if second, _ := r.Lookup(t.Context(), "a.example"); second[0] != want {
		t.Errorf("Lookup after the caller changed the result = %v, want %v", second[0], want)
	}
}

func TestResolvConfIsReadAgain(t *testing.T) {
	var c clock
	old := filepath.Join(t.TempDir(), "resolv.conf")
	write := func(text string, at time.Time) {
		if err := os.WriteFile(old, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(old, at, at); err != nil {
			t.Fatal(err)
		}
	}
	write("nameserver 192.0.2.1\n", time.Unix(1, 0))
	var asked []string
	r := newResolver(t, Options{resolvConf: old, now: c.now, dial: func(_ context.Context, _, address string) (net.Conn, error) {
		if len(asked) == 0 || asked[len(asked)-1] != address {
			asked = append(asked, address)
		}
		return nil, net.ErrClosed
	}})
	ask := func() { _, _ = r.ask(t.Context(), query{name: "a.example."}) }
	ask()
	write("nameserver 192.0.2.2\n", time.Unix(2, 0))
	ask() // too early to look
	c.advance(2 * time.Second)
	ask()
	if err := os.Remove(old); err != nil {
		t.Fatal(err)
	}
	c.advance(2 * time.Second)
	ask() // gone: as it last was
	if diff := cmp.Diff([]string{"192.0.2.1:53", "192.0.2.2:53"}, asked); diff != "" {
		t.Errorf("servers asked (-want +got):\n%s", diff)
	}
}

func TestParseServers(t *testing.T) {
	tests := map[string]struct {
		text string
		want []string
	}{
		"in order, three at most":  {"nameserver 192.0.2.1\nnameserver 2001:db8::1\nnameserver fe80::1%eth0\nnameserver 192.0.2.4\n", []string{"192.0.2.1:53", "[2001:db8::1]:53", "[fe80::1%eth0]:53"}},
		"comments and other lines": {"; old\n# nameserver 192.0.2.9\nsearch corp.example\nnameserver\t192.0.2.1 # vpc\nnameserver nonsense\nnameserver\n", []string{"192.0.2.1:53"}},
		"none means this machine":  {"search corp.example\n", []string{"127.0.0.1:53", "[::1]:53"}},
	}
	for why, tt := range tests {
		t.Run(why, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, parseServers([]byte(tt.text))); diff != "" {
				t.Errorf("parseServers(%q) (-want +got):\n%s", tt.text, diff)
			}
		})
	}
}

// TestManyAtOnce is for the race detector: callers share flights, cache,
// files and health.
func TestManyAtOnce(t *testing.T) {
	var n atomic.Int32
	server := liar(t, func(conn *net.UDPConn, to *net.UDPAddr, query []byte) {
		if n.Add(1)%7 != 0 { // some are lost
			_, _ = conn.WriteToUDP(truth(query), to)
		}
	})
	r := newResolver(t, Options{Servers: []string{server, server}, Timeout: 400 * time.Millisecond, Cache: 5})
	var wait sync.WaitGroup
	for i := range 50 {
		wait.Go(func() {
			for j := range 20 {
				got, err := r.Lookup(t.Context(), fmt.Sprintf("n%d.example", (i+j)%10))
				if len(got) == 0 && !errors.Is(err, ErrTimeout) {
					t.Errorf("Lookup = %v, %v", got, err)
				}
			}
		})
	}
	wait.Wait()
	if s := r.Stats(); s.Lookups != 1000 || s.Names > 5 || s.Flying != 0 {
		t.Errorf("Stats = %+v, want 1000 lookups, at most 5 names and nothing under way", s)
	}
}
