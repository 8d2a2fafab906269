package e2e

import (
	"fmt"
	"net"
	"testing"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// TestIPv6OnBothSides has a client that comes over IPv6, and AWS there.
func TestIPv6OnBothSides(t *testing.T) {
	t.Parallel()
	aws, err := net.Listen("tcp", "[::1]:0")
	requiretest.That(t, err == nil, "an IPv6 loopback address")
	t.Cleanup(func() { _ = aws.Close() })
	here.aws.Serve(aws)
	const host = "sts.ap-northeast-3.amazonaws.com"
	here.names.say(host, addresses("::1"))

	p := startProxy(t, setup{
		address: fmt.Sprintf("[::1]:%d", freePort(t)),
		clients: `six: {from: ["::1/128"]}`,
		rules:   `- {name: osaka, allow: {regions: [ap-northeast-3], ports: ["*"]}}`,
	})
	c := p.dial(t, "")
	target := fmt.Sprintf("%s:%d", host, aws.Addr().(*net.TCPAddr).Port)
	if resp, body, err := c.connect(target); err != nil || resp.StatusCode != 200 {
		t.Fatalf("CONNECT %s: %v, %v %s", target, resp, err, body)
	}
	if err := c.secure(t, host).Close(); err != nil {
		t.Fatal(err)
	}
	if got := p.log.end(t, host); got.Client != "::1" || got.ClientName != "six" || got.Addr != aws.Addr().String() {
		t.Errorf("log: %+v, want a client at ::1 and addr %s", got, aws.Addr())
	}
}

// freePort returns a port of ::1 that nobody listens on.
func freePort(t *testing.T) int {
	t.Helper()
	ln, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port
}
