package resolve

import (
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

var bothTrue = []string{"192.0.2.1", "2001:db8::1"}

// TestLies sends what is no reply to the query ahead of the honest one, which
// must be the one that counts.
func TestLies(t *testing.T) {
	lie := func(change func(m *dns.Msg)) func(*net.UDPConn, *net.UDPAddr, []byte) {
		return func(conn *net.UDPConn, to *net.UDPAddr, query []byte) {
			m := new(dns.Msg)
			if err := m.Unpack(truth(query)); err != nil {
				panic(err)
			}
			for _, rr := range m.Answer {
				switch rr := rr.(type) {
				case *dns.A:
					rr.A = net.IPv4(203, 0, 113, 66)
				case *dns.AAAA:
					rr.AAAA = net.ParseIP("2001:db8::bad")
				}
			}
			change(m)
			msg, err := m.Pack()
			if err != nil {
				panic(err)
			}
			_, _ = conn.WriteToUDP(msg, to)
		}
	}
	raw := func(msg func(query []byte) []byte) func(*net.UDPConn, *net.UDPAddr, []byte) {
		return func(conn *net.UDPConn, to *net.UDPAddr, query []byte) { _, _ = conn.WriteToUDP(msg(query), to) }
	}
	tests := map[string]func(conn *net.UDPConn, to *net.UDPAddr, query []byte){
		"another id":           lie(func(m *dns.Msg) { m.Id++ }),
		"another name":         lie(func(m *dns.Msg) { m.Question[0].Name = "b.example." }),
		"another type":         lie(func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeTXT }),
		"another class":        lie(func(m *dns.Msg) { m.Question[0].Qclass = dns.ClassCHAOS }),
		"no question":          lie(func(m *dns.Msg) { m.Question = nil }),
		"two questions":        lie(func(m *dns.Msg) { m.Question = append(m.Question, m.Question[0]) }),
		"a query":              lie(func(m *dns.Msg) { m.Response = false }),
		"another operation":    lie(func(m *dns.Msg) { m.Opcode = dns.OpcodeNotify }),
		"refusal of another":   lie(func(m *dns.Msg) { m.Id++; m.Rcode = dns.RcodeRefused }),
		"truncation elsewhere": lie(func(m *dns.Msg) { m.Id++; m.Truncated = true }),
		"the query itself":     raw(func(query []byte) []byte { return query }),
		"nothing":              raw(func([]byte) []byte { return nil }),
		"half a header":        raw(func(query []byte) []byte { return truth(query)[:7] }),
		"noise":                raw(func([]byte) []byte { return []byte("HTTP/1.1 400 Bad Request\r\n\r\n") }),
		"another server's": func(_ *net.UDPConn, to *net.UDPAddr, query []byte) {
			other, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
			if err != nil {
				panic(err)
			}
			defer other.Close()
			m := new(dns.Msg)
			_ = m.Unpack(query)
			msg, _ := m.SetRcode(m.Copy(), dns.RcodeNameError).Pack()
			_, _ = other.WriteToUDP(msg, to)
		},
	}
	for why, lie := range tests {
		t.Run(why, func(t *testing.T) {
			server := liar(t, func(conn *net.UDPConn, to *net.UDPAddr, query []byte) {
				lie(conn, to, query)
				_, _ = conn.WriteToUDP(truth(query), to)
			})
			r := newResolver(t, Options{Servers: []string{server}, Timeout: 30 * time.Second})
			got, err := lookup(t, r, "a.example")
			if diff := cmp.Diff(bothTrue, got); diff != "" {
				t.Errorf("Lookup: %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// TestNonsense sends replies to the query that make no sense: the next server
// is asked at once, without one the lookup fails.
func TestNonsense(t *testing.T) {
	const header = 12
	tests := map[string]func(reply []byte) []byte{
		"cut in the middle of a record": func(m []byte) []byte { return m[:len(m)-2] },
		"more records than there are":   func(m []byte) []byte { m[6], m[7] = 0xff, 0xff; return m },
		"a name that points at itself": func(m []byte) []byte {
			at := header + len("\x01a\x07example\x00") + 4
			return append(m[:at:at], 0xc0, byte(at), 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1)
		},
		"two names that point at each other": func(m []byte) []byte {
			at := header + len("\x01a\x07example\x00") + 4
			return append(m[:at:at], 0xc0, byte(at+2), 0xc0, byte(at), 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1)
		},
		"an address of the wrong length": func(m []byte) []byte {
			at := header + len("\x01a\x07example\x00") + 4
			return append(m[:at:at], 0xc0, header, 0, m[at-3], 0, 1, 0, 0, 0, 60, 0, 3, 192, 0, 2)
		},
	}
	for why, spoil := range tests {
		t.Run(why, func(t *testing.T) {
			server := liar(t, func(conn *net.UDPConn, to *net.UDPAddr, query []byte) {
				_, _ = conn.WriteToUDP(spoil(truth(query)), to)
			})
			_, err := lookup(t, newResolver(t, Options{Servers: []string{server}, Timeout: time.Minute}), "a.example")
			wantKind(t, err, Malformed)

			honest := liar(t, func(conn *net.UDPConn, to *net.UDPAddr, query []byte) { _, _ = conn.WriteToUDP(truth(query), to) })
			r := newResolver(t, Options{Servers: []string{server, honest}, Timeout: time.Minute})
			got, err := lookup(t, r, "a.example")
			if diff := cmp.Diff(bothTrue, got); diff != "" {
				t.Errorf("Lookup: %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestStraysWithoutEnd(t *testing.T) {
	server := liar(t, func(conn *net.UDPConn, to *net.UDPAddr, _ []byte) {
		for range 2 * maxStrays {
			_, _ = conn.WriteToUDP([]byte("noise"), to)
		}
	})
	_, err := lookup(t, newResolver(t, Options{Servers: []string{server}, Timeout: time.Minute}), "a.example")
	wantKind(t, err, Malformed)
}

// TestHugeDatagram sends more than EDNS asked for: the rest comes over TCP.
func TestHugeDatagram(t *testing.T) {
	huge := serve(t, func(w dns.ResponseWriter, q *dns.Msg) {
		if w.RemoteAddr().Network() == "tcp" {
			zone(0, "a.example. 60 IN A 192.0.2.1", "a.example. 60 IN AAAA 2001:db8::1")(w, q)
			return
		}
		m := new(dns.Msg).SetReply(q)
		for range 60 {
			rr, _ := dns.NewRR(`a.example. 60 IN TXT "filling filling filling filling"`)
			m.Answer = append(m.Answer, rr)
		}
		msg, _ := m.Pack()
		_, _ = w.Write(msg)
	})
	got, err := lookup(t, newResolver(t, Options{Servers: []string{huge}, Timeout: 30 * time.Second}), "a.example")
	if diff := cmp.Diff(bothTrue, got); diff != "" {
		t.Errorf("Lookup: %v (-want +got):\n%s", err, diff)
	}
}

// TestLiesOverTCP has no second datagram to wait for: a lie is an error.
func TestLiesOverTCP(t *testing.T) {
	server := serve(t, truncate(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		m.Id++
		_ = w.WriteMsg(m)
	}))
	_, err := lookup(t, newResolver(t, Options{Servers: []string{server}, Timeout: time.Minute}), "a.example")
	wantKind(t, err, Malformed)
}

func TestServersAreTriedInOrder(t *testing.T) {
	const good = "a.example. 60 IN A 192.0.2.1"
	tests := map[string]struct {
		servers []string
		want    []string
		kind    Kind
	}{
		"the first answers":                     {[]string{serve(t, zone(0, good)), serve(t, zone(0, "a.example. 60 IN A 192.0.2.2"))}, []string{"192.0.2.1"}, 0},
		"the first fails":                       {[]string{serve(t, zone(dns.RcodeServerFailure)), serve(t, zone(0, good))}, []string{"192.0.2.1"}, 0},
		"the first refuses":                     {[]string{serve(t, zone(dns.RcodeRefused)), serve(t, zone(0, good))}, []string{"192.0.2.1"}, 0},
		"the first is silent":                   {[]string{silent(t), serve(t, zone(0, good))}, []string{"192.0.2.1"}, 0},
		"the first is not there":                {[]string{closedPort(t), serve(t, zone(0, good))}, []string{"192.0.2.1"}, 0},
		"what the first knows for certain":      {[]string{serve(t, zone(dns.RcodeNameError)), serve(t, zone(0, good))}, nil, NotFound},
		"all are silent":                        {[]string{silent(t), silent(t)}, nil, Timeout},
		"none is there":                         {[]string{closedPort(t), closedPort(t)}, nil, Failed},
		"one failed, the other may know it yet": {[]string{serve(t, zone(dns.RcodeServerFailure)), silent(t)}, nil, Timeout},
	}
	for why, tt := range tests {
		t.Run(why, func(t *testing.T) {
			timeout := 4 * time.Second // of which a silent server has its share
			if tt.kind == Timeout {
				timeout = 400 * time.Millisecond
			}
			r := newResolver(t, Options{Servers: tt.servers, Timeout: timeout})
			start := time.Now()
			got, err := lookup(t, r, "a.example")
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("Lookup took %v", took)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Lookup: %v (-want +got):\n%s", err, diff)
			}
			if tt.want == nil {
				wantKind(t, err, tt.kind)
			}
			if errors.Is(err, ErrTimeout) != (tt.kind == Timeout) {
				t.Errorf("errors.Is(%v, ErrTimeout) = %t", err, errors.Is(err, ErrTimeout))
			}
		})
	}
}

// closedPort returns an address at which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return conn.LocalAddr().String()
}

func TestServerOverIPv6(t *testing.T) {
	conn, err := net.ListenPacket("udp", "[::1]:0")
	requiretest.That(t, err == nil, "an IPv6 loopback address")
	conn.Close()
	server := serveOn(t, "::1", truncate(zone(0, "a.example. 60 IN A 192.0.2.1")))
	got, err := lookup(t, newResolver(t, Options{Servers: []string{server}}), "a.example")
	if diff := cmp.Diff([]string{"192.0.2.1"}, got); diff != "" {
		t.Errorf("Lookup: %v (-want +got):\n%s", err, diff)
	}
}

// TestQueriesAreHardToGuess: every query has a port and an id of its own.
func TestQueriesAreHardToGuess(t *testing.T) {
	var mu sync.Mutex
	ids, ports := make(map[[2]byte]bool), make(map[int]bool)
	server := liar(t, func(conn *net.UDPConn, to *net.UDPAddr, query []byte) {
		mu.Lock()
		ids[[2]byte(query)], ports[to.Port] = true, true
		mu.Unlock()
		_, _ = conn.WriteToUDP(truth(query), to)
	})
	r := newResolver(t, Options{Servers: []string{server}})
	for range 10 {
		if _, err := lookup(t, r, "a.example"); err != nil {
			t.Fatal(err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if len(ids) < 18 || len(ports) < 10 {
		t.Errorf("20 queries had %d ids and %d ports", len(ids), len(ports))
	}
}
