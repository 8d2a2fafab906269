package resolve

import (
	"errors"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/dns/dnsmessage"
	"pgregory.net/rapid"
)

var ours = query{id: 0x1234, name: "a.example.", kind: dnsmessage.TypeA, edns: true}

// reply returns a reply to ours: addrs at the end of a chain of CNAMEs.
func reply(addrs []netip.Addr, hops int) []byte {
	name := dnsmessage.MustNewName
	b := dnsmessage.NewBuilder(nil, dnsmessage.Header{ID: ours.id, Response: true, RecursionAvailable: true})
	b.EnableCompression()
	must(b.StartQuestions())
	must(b.Question(dnsmessage.Question{Name: name(ours.name), Type: ours.kind, Class: dnsmessage.ClassINET}))
	must(b.StartAnswers())
	owner := name(ours.name)
	for range hops {
		target := name("x" + owner.String())
		must(b.CNAMEResource(dnsmessage.ResourceHeader{Name: owner, Class: dnsmessage.ClassINET, TTL: 9}, dnsmessage.CNAMEResource{CNAME: target}))
		owner = target
	}
	for _, a := range addrs {
		must(b.AResource(dnsmessage.ResourceHeader{Name: owner, Class: dnsmessage.ClassINET, TTL: 7}, dnsmessage.AResource{A: a.As4()}))
	}
	msg, err := b.Finish()
	must(err)
	return msg
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func TestReplyRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		addr := rapid.Map(rapid.Uint32(), func(v uint32) netip.Addr {
			return netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
		})
		addrs := rapid.SliceOfNDistinct(addr, 1, maxAddrs, rapid.ID).Draw(t, "addrs")
		hops := rapid.IntRange(0, maxHops-1).Draw(t, "hops")
		got, err := parseReply(reply(addrs, hops), ours)
		if err != nil {
			t.Fatalf("parseReply with %d CNAMEs: %v", hops, err)
		}
		if diff := cmp.Diff(addrs, got.addrs, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
			t.Fatalf("parseReply (-want +got):\n%s", diff)
		}
		if got.ttl.Seconds() != 7 {
			t.Fatalf("ttl = %v, want 7s", got.ttl)
		}
	})
}

// FuzzParseReply: whatever comes, it is an answer within bounds or an error
// of a known kind.
func FuzzParseReply(f *testing.F) {
	addrs := []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")}
	f.Add(reply(addrs, 0))
	f.Add(reply(addrs, 3))
	f.Add(reply(nil, 1))
	f.Add(reply(addrs, 0)[:20])
	f.Fuzz(func(t *testing.T, msg []byte) {
		for _, kind := range []dnsmessage.Type{dnsmessage.TypeA, dnsmessage.TypeAAAA} {
			q := ours
			q.kind = kind
			a, err := parseReply(msg, q)
			var e *Error
			switch {
			case err == nil:
			case errors.As(err, &e):
				if e.Kind != Failed && e.Kind != Refused && e.Kind != Malformed {
					t.Fatalf("kind %s", e.Kind)
				}
			case !errors.Is(err, errStray) && !errors.Is(err, errTruncated) && !errors.Is(err, errNoEDNS):
				t.Fatalf("error %v of no known kind", err)
			}
			if err != nil && len(a.addrs) > 0 || len(a.addrs) > maxAddrs || a.ttl < 0 || a.ttl > maxTTL || len(a.addrs) == 0 && a.ttl > maxNegative {
				t.Fatalf("answer %+v, %v", a, err)
			}
			for _, addr := range a.addrs {
				if addr.Is4In6() || !addr.IsValid() || kind == dnsmessage.TypeA && !addr.Is4() {
					t.Fatalf("address %v of type %v", addr, kind)
				}
			}
		}
	})
}

func FuzzFiles(f *testing.F) {
	f.Add([]byte("10.0.0.1 a b # c\nnameserver 192.0.2.1\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for name, addrs := range parseHosts(text) {
			if again, ok := canonical(name); !ok || again != name || len(addrs) == 0 || len(addrs) > maxAddrs {
				t.Fatalf("hosts: %q → %v", name, addrs)
			}
		}
		for _, s := range parseServers(text) {
			if _, err := netip.ParseAddrPort(s); err != nil {
				t.Fatalf("server %q: %v", s, err)
			}
		}
	})
}
