package proxy

import (
	"bufio"
	"bytes"
	"io"
	"net/netip"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/edge/proxy/sender"
)

// FuzzIdentify: what is taken for a PROXY header names a client and perhaps an
// endpoint, and both ways of reading it find the same ones and the same request
// behind it.
func FuzzIdentify(f *testing.F) {
	const ask = "CONNECT cloud.example:443 HTTP/1.1\r\n\r\n"
	for _, s := range []string{
		v2("10.20.1.5:40000") + ask, v2("[2001:db8::1]:1", endpointTLV("vpce-08d2bf15fac5001c9")) + ask,
		v2("10.20.1.5:40000", endpointTLV("vpce-08d2bf15fac5001c9"), endpointTLV("vpce-0")), "PROXY TCP4 10.20.1.5 10.0.0.1 1 2\r\n" + ask,
		"PROXY UNKNOWN\r\n", "PROXY TCP6 ::ffff:10.20.1.5 ::1 1 2\r\n", string(sender.V2) + "\x20\x00\x00\x00" + ask, string(sender.V2) + "\x21\x11\xff\xff",
		v2("10.20.1.5:40000") + strings.Repeat("more than one buffer holds", 200),
	} {
		f.Add([]byte(s))
	}
	p := start(f, behindNLB)
	f.Fuzz(func(t *testing.T, said []byte) {
		fresh := func() *conn {
			return &conn{s: p.Server, peer: netip.MustParseAddrPort("127.0.0.1:9"), l: &p.Policy().Config.Listen[0], policy: p.Policy()}
		}
		quick, slow := fresh(), fresh()
		p.limiter.Connect()
		defer func() { p.limiter.Disconnect(quick.key) }()
		request, ok := quick.identifyQuick(bytes.Clone(said))
		br := bufio.NewReaderSize(bytes.NewReader(said), 4<<10)
		present, err := sender.Present(br)
		if err != nil || !present {
			if ok {
				t.Fatalf("%q: a header for one reader only", said)
			}
			return
		}
		h, err := sender.Read(br)
		if err != nil || h.Local {
			if ok {
				t.Fatalf("%q: a header for one reader only", said)
			}
			return
		}
		slow.client, slow.endpoint = h.Client, h.Endpoint
		rest, _ := io.ReadAll(br)
		if !ok || quick.client != slow.client || quick.endpoint != slow.endpoint || !bytes.Equal(request, rest) {
			t.Fatalf("%q: %v %q %q and %v %q %q", said, quick.client, quick.endpoint, request, slow.client, slow.endpoint, rest)
		}
		if !slow.client.IsValid() || slow.client.Addr().Is4In6() || strings.Trim(slow.endpoint, "vpce-0123456789abdf") != "" {
			t.Fatalf("%q: client %v, endpoint %q", said, slow.client, slow.endpoint)
		}
	})
}

// FuzzSkipHeader: health checks of the admin listener may begin with a header.
// What is skipped is the header, whole, and nothing of what is asked.
func FuzzSkipHeader(f *testing.F) {
	const ask = "GET /readyz HTTP/1.1\r\n\r\n"
	for _, s := range []string{
		ask, v2("10.20.1.5:40000") + ask, "PROXY TCP4 10.20.1.5 10.0.0.1 1 2\r\n" + ask, "PROXY UNKNOWN\r\n" + ask, string(sender.V2) + "\x20\x00\x00\x00" + ask,
		v2("[2001:db8::1]:1", endpointTLV("vpce-08d2bf15fac5001c9")) + "\r\n", "PROXY ", "PR",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, came []byte) {
		br := bufio.NewReaderSize(bytes.NewReader(came), 4<<10)
		if sender.Skip(br) != nil {
			return
		}
		rest, _ := io.ReadAll(br)
		want := came
		switch {
		case bytes.HasPrefix(came, sender.V1):
			_, want, _ = bytes.Cut(came, []byte("\n"))
		case bytes.HasPrefix(came, sender.V2):
			want = came[16+int(came[14])<<8+int(came[15]):]
		}
		if !bytes.Equal(rest, want) {
			t.Fatalf("%q leaves %q, want %q", came, rest, want)
		}
	})
}
