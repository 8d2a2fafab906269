package e2e

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// lossy has the kernel drop at random: of every hundred TCP packets 3, of the
// name server's datagrams 10. Each loss is counted.
const lossy = `table inet lossy {
	chain in {
		type filter hook input priority 0;
		tcp dport { 3128, %[1]d } numgen random mod 100 < 3 counter drop
		tcp sport { 3128, %[1]d } numgen random mod 100 < 3 counter drop
		udp dport %[2]s numgen random mod 100 < 10 counter drop
		udp sport %[2]s numgen random mod 100 < 10 counter drop
	}
}
`

// TestLoss: packets are lost between client and proxy, between proxy and origin,
// and on the way to the name server. Promised: every CONNECT is answered, by 200
// or by a reason that is true, and bytes arrive as they were sent.
func TestLoss(t *testing.T) {
	if os.Getenv(asInside) == "" {
		t.Parallel()
		requiretest.Program(t, "nft")
		requiretest.Program(t, "ip")
		inNewNetwork(t)
		return
	}
	p := startProxy(t, setup{dns: "3s", more: "limits: {connect_timeout: 30s}"})
	port := originOf(t, digesting)
	_, dns, err := net.SplitHostPort(here.names.addr)
	if err != nil {
		t.Fatal(err)
	}
	run := func(in, name string, args ...string) string {
		cmd := exec.Command(requiretest.Program(t, name), args...)
		cmd.Stdin = bytes.NewBufferString(in)
		out, err := cmd.CombinedOutput()
		requiretest.That(t, err == nil, fmt.Sprintf("%s %v: %v %s", name, args, err, out))
		return string(out)
	}
	run("", "ip", "link", "set", "lo", "mtu", "1500") // packets as on a network
	run(fmt.Sprintf(lossy, port, dns), "nft", "-f", "-")

	const tunnels = 64
	sent := make([]byte, 64<<10)
	_, _ = rand.NewChaCha8([32]byte{}).Read(sent)
	began := time.Now()
	var all sync.WaitGroup
	unknown := make(chan string, tunnels)
	for i := range tunnels {
		all.Go(func() {
			c := p.dial(t, "")
			_ = c.SetDeadline(time.Now().Add(unanswered))
			name := fmt.Sprintf("bucket-%d.s3.ap-northeast-1.amazonaws.com", i) // each is asked for
			resp, body, err := c.connect(fmt.Sprintf("%s:%d", name, port))
			if err == nil && resp.StatusCode == http.StatusGatewayTimeout && resp.Header.Get("X-Deguchi-Reason") == "dns-timeout" {
				unknown <- name
				return
			}
			if err != nil || resp.StatusCode != http.StatusOK {
				t.Errorf("CONNECT: %v %s, %v", resp, body, err)
				return
			}
			go func() {
				_, _ = c.Write(sent)
				_ = c.Conn.(*net.TCPConn).CloseWrite()
			}()
			if err := c.expect(bytes.Clone(sent)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()

	var dropped []int
	for _, m := range regexp.MustCompile(`numgen.* packets (\d+) `).FindAllStringSubmatch(run("", "nft", "list", "ruleset"), -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		dropped = append(dropped, n)
	}
	if len(dropped) != 4 || dropped[0] == 0 || dropped[1] == 0 || dropped[2]+dropped[3] == 0 {
		t.Errorf("dropped: %v; nothing was lost", dropped)
	}
	if len(unknown) > tunnels/4 {
		t.Errorf("%d of %d names were not found", len(unknown), tunnels)
	}
	t.Logf("%d tunnels of 64 KiB each way in %v, %d told dns-timeout; the kernel dropped %d TCP packets and %d datagrams",
		tunnels-len(unknown), time.Since(began).Round(time.Second/10), len(unknown), dropped[0]+dropped[1], dropped[2]+dropped[3])
}
