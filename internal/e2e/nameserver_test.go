package e2e

import (
	"net"
	"net/netip"
	"strings"
	"sync"

	"github.com/miekg/dns"
)

// nameServer is a DNS server that tests tell what to say. What nobody told it
// it answers like this: names of AWS are where the stand-in is, others do not
// exist. Only the name of SNS may be kept, so that tunnels to it are made the
// quick way; each tunnel to another name waits for an answer.
type nameServer struct {
	aws     netip.Addr
	addr    string // host:port
	servers []*dns.Server
	done    sync.WaitGroup

	mu    sync.Mutex
	says  map[string][]reply
	asked map[string]int // queries for A by name
}

// reply is the answer to one query.
type reply struct {
	addrs  []netip.Addr
	code   int  // dns.RcodeSuccess, …
	silent bool // no answer at all
	cut    bool // nothing but "truncated" over UDP
	ttl    uint32
	mute   bool // over TCP, the connection is closed instead of an answer
}

func addresses(addrs ...string) reply {
	var r reply
	for _, a := range addrs {
		r.addrs = append(r.addrs, netip.MustParseAddr(a))
	}
	return r
}

var (
	noSuchName = reply{code: dns.RcodeNameError}
	broken     = reply{code: dns.RcodeServerFailure}
	silence    = reply{silent: true}
)

// awsSuffixes are the names that the world has.
var awsSuffixes = []string{".amazonaws.com.", ".amazonlinux.com.", ".api.aws."}

func newNameServer(aws netip.Addr) (*nameServer, error) {
	n := &nameServer{aws: aws, says: map[string][]reply{}, asked: map[string]int{}}
	udp, tcp, err := samePort()
	if err != nil {
		return nil, err
	}
	n.addr = udp.LocalAddr().String()
	for _, s := range []*dns.Server{{PacketConn: udp, Handler: n}, {Listener: tcp, Handler: n}} {
		started := make(chan struct{})
		s.NotifyStartedFunc = func() { close(started) }
		n.servers = append(n.servers, s)
		n.done.Go(func() { _ = s.ActivateAndServe() })
		<-started
	}
	return n, nil
}

// samePort listens for UDP and TCP on one port.
func samePort() (udp net.PacketConn, tcp net.Listener, err error) {
	for range 10 {
		if tcp, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return nil, nil, err
		}
		if udp, err = net.ListenPacket("udp", tcp.Addr().String()); err == nil {
			return udp, tcp, nil
		}
		_ = tcp.Close()
	}
	return nil, nil, err
}

// say makes the n-th query for name get the n-th reply, and every later one the
// last.
func (n *nameServer) say(name string, replies ...reply) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.says[dns.Fqdn(name)] = replies
	delete(n.asked, dns.Fqdn(name))
}

// times returns how often name has been asked for.
func (n *nameServer) times(name string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.asked[dns.Fqdn(name)]
}

// ServeDNS answers a query for addresses. AAAA gets the reply of the A query
// beside it, whichever comes first.
func (n *nameServer) ServeDNS(w dns.ResponseWriter, q *dns.Msg) {
	m := new(dns.Msg).SetReply(q)
	name, kind := strings.ToLower(q.Question[0].Name), q.Question[0].Qtype
	r := n.reply(name, kind)
	if r.silent {
		return
	}
	tcp := w.RemoteAddr().Network() == "tcp"
	if tcp && r.mute {
		_ = w.Close()
		return
	}
	m.Rcode = r.code
	if m.Truncated = r.cut && !tcp; m.Truncated {
		_ = w.WriteMsg(m)
		return
	}
	for _, a := range r.addrs {
		head := dns.RR_Header{Name: q.Question[0].Name, Rrtype: kind, Class: dns.ClassINET, Ttl: r.ttl}
		switch {
		case kind == dns.TypeA && a.Is4():
			m.Answer = append(m.Answer, &dns.A{Hdr: head, A: a.AsSlice()})
		case kind == dns.TypeAAAA && a.Is6():
			m.Answer = append(m.Answer, &dns.AAAA{Hdr: head, AAAA: a.AsSlice()})
		}
	}
	_ = w.WriteMsg(m)
}

func (n *nameServer) reply(name string, kind uint16) reply {
	n.mu.Lock()
	defer n.mu.Unlock()
	replies, told := n.says[name]
	turn := n.asked[name]
	if kind == dns.TypeA {
		n.asked[name]++
	}
	if told {
		return replies[min(turn, len(replies)-1)]
	}
	for _, suffix := range awsSuffixes {
		if strings.HasSuffix(name, suffix) {
			r := reply{addrs: []netip.Addr{n.aws}}
			if strings.HasPrefix(name, "sns.") {
				r.ttl = 60
			}
			return r
		}
	}
	return noSuchName
}

func (n *nameServer) close() {
	for _, s := range n.servers {
		_ = s.Shutdown()
	}
	n.done.Wait()
}
