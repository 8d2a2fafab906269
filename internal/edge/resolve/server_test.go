package resolve

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is a time that tests move.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time          { return time.Unix(1_800_000_000, c.at.Load()) }
func (c *clock) advance(d time.Duration) { c.at.Add(int64(d)) }

// newResolver returns a resolver that has no hosts file of its own.
func newResolver(t *testing.T, o Options) *Resolver {
	t.Helper()
	if o.Hosts == "" {
		o.Hosts = filepath.Join(t.TempDir(), "hosts")
	}
	r, err := New(o)
	if err != nil {
		t.Fatalf("New(%+v): %v", o, err)
	}
	t.Cleanup(r.Close)
	return r
}

// serve runs a name server over UDP and TCP and returns its address.
func serve(t *testing.T, h dns.HandlerFunc) string {
	t.Helper()
	return serveOn(t, "127.0.0.1", h)
}

func serveOn(t *testing.T, host string, h dns.HandlerFunc) string {
	t.Helper()
	tcp, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Fatal(err)
	}
	udp, err := net.ListenPacket("udp", tcp.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*dns.Server{{Listener: tcp, Handler: h}, {PacketConn: udp, Handler: h}} {
		up, down := make(chan struct{}), make(chan struct{})
		s.NotifyStartedFunc = func() { close(up) }
		go func() { defer close(down); _ = s.ActivateAndServe() }()
		<-up
		t.Cleanup(func() { _ = s.Shutdown(); <-down })
	}
	return tcp.Addr().String()
}

// zone answers with the records, in the form of zone files, whose owner and
// type are asked for, and with all the CNAMEs; with nothing to say it sends
// the given response code, 0 being NODATA.
func zone(rcode int, records ...string) dns.HandlerFunc {
	var rrs []dns.RR
	for _, text := range records {
		rr, err := dns.NewRR(text)
		if err != nil {
			panic(err)
		}
		rrs = append(rrs, rr)
	}
	return func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		m.RecursionAvailable = true
		m.Rcode = rcode
		for _, rr := range rrs {
			switch rr.Header().Rrtype {
			case dns.TypeSOA:
				m.Ns = append(m.Ns, rr)
			case q.Question[0].Qtype, dns.TypeCNAME:
				m.Answer = append(m.Answer, rr)
			}
		}
		_ = w.WriteMsg(m)
	}
}

// silent is a server that gets every query and answers none.
func silent(t *testing.T) string {
	t.Helper()
	return liar(t, func(*net.UDPConn, *net.UDPAddr, []byte) {})
}

// liar runs a UDP server that does with each query what reply does.
func liar(t *testing.T, reply func(conn *net.UDPConn, to *net.UDPAddr, query []byte)) string {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 4096)
		for {
			n, from, err := conn.ReadFromUDP(buf)
			if err != nil {
				return
			}
			reply(conn, from, append([]byte(nil), buf[:n]...))
		}
	}()
	t.Cleanup(func() { _ = conn.Close(); <-done })
	return conn.LocalAddr().String()
}

// truth is an honest reply to query: 192.0.2.1 and 2001:db8::1.
func truth(query []byte) []byte {
	q := new(dns.Msg)
	if err := q.Unpack(query); err != nil {
		panic(err)
	}
	m := new(dns.Msg).SetReply(q)
	h := dns.RR_Header{Name: q.Question[0].Name, Rrtype: q.Question[0].Qtype, Class: dns.ClassINET, Ttl: 60}
	if h.Rrtype == dns.TypeA {
		m.Answer = []dns.RR{&dns.A{Hdr: h, A: net.IPv4(192, 0, 2, 1)}}
	} else {
		m.Answer = []dns.RR{&dns.AAAA{Hdr: h, AAAA: net.ParseIP("2001:db8::1")}}
	}
	msg, err := m.Pack()
	if err != nil {
		panic(err)
	}
	return msg
}

// lookup returns the addresses of name as text.
func lookup(t *testing.T, r *Resolver, name string) ([]string, error) {
	t.Helper()
	addrs, err := r.Lookup(t.Context(), name)
	var texts []string
	for _, a := range addrs {
		texts = append(texts, a.String())
	}
	return texts, err
}

func hostsOf(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "hosts")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// noDial fails the test when a server is asked.
func noDial(t *testing.T) func(context.Context, string, string) (net.Conn, error) {
	return func(_ context.Context, network, address string) (net.Conn, error) {
		t.Errorf("asked %s over %s", address, network)
		return nil, net.ErrClosed
	}
}
