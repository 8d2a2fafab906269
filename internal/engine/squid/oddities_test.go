package squid

import (
	"math/rand/v2"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/engine/access"
)

// oddities are squid.confs with which somebody once thought to mean something:
// values in unusual spellings, in unusual places, and what Squid makes of them.
var oddities = []string{
	"acl x dstdomain .a.test -n\nhttp_access deny x\nhttp_access allow all\n",
	"acl x src ::/0\nhttp_access deny x\nhttp_access allow all\n",
	"acl x src ::/0\nhttp_access allow x\nhttp_access deny all\n",
	"acl x src ::/1\nhttp_access deny x\nhttp_access allow all\n",
	"acl x src 0.0.0.0/1\nhttp_access allow x\nhttp_access deny all\n",
	"acl x src ipv4\nhttp_access allow x\nhttp_access deny all\n",
	"acl x src ipv6\nhttp_access allow x\nhttp_access deny all\n",
	"acl x src ipv6\nhttp_access deny x\nhttp_access allow all\n",
	"acl x src ::ffff:10.0.0.0/104\nhttp_access deny x\nhttp_access allow all\n",
	"acl x src ::ffff:10.1.0.1\nhttp_access allow x\nhttp_access deny all\n",
	"acl x dstdomain -n .example.com.\nhttp_access allow x\nhttp_access deny all\n",
	"acl x dstdomain -n example.com.\nhttp_access allow x\nhttp_access deny all\n",
	"acl x dstdomain -n .example.com.\nhttp_access deny x\nhttp_access allow all\n",
	"acl x dstdomain -n .\nhttp_access deny x\nhttp_access allow all\n",
	"acl x dstdomain -n com\nhttp_access deny x\nhttp_access allow all\n",
	"acl x dstdomain -n *\nhttp_access deny x\nhttp_access allow all\n",
	"acl x dstdomain -n *.example.com\nhttp_access deny x\nhttp_access allow all\n",
	"acl x dstdomain -n ..example.com\nhttp_access deny x\nhttp_access allow all\n",
	"acl x dstdomain -n ..example.com\nhttp_access allow x\nhttp_access deny all\n",
	"acl x dstdomain -n [2001:db8::1]\nhttp_access deny x\nhttp_access allow all\n",
	"acl x dstdomain -n [2606:4700::1]\nhttp_access deny x\nhttp_access allow all\n",
	"acl x dstdomain -n 2606:4700::1\nhttp_access allow x\nhttp_access deny all\n",
	"acl x dstdomain -n 2606:4700::1\nhttp_access deny x\nhttp_access allow all\n",
	"acl x dstdomain -n .95.1.1\nhttp_access deny x\nhttp_access allow all\n",
	"acl x dstdomain -n .1\nhttp_access deny x\nhttp_access allow all\n",
	"acl x dstdomain -n .95.1.1\nhttp_access allow x\nhttp_access deny all\n",
	"acl x dstdomain -n 052.95.1.1\nhttp_access allow x\nhttp_access deny all\n",
	"acl x method connect\nhttp_access deny x\nhttp_access allow all\n",
	"acl x method connect\nhttp_access allow x\nhttp_access deny all\n",
	"acl x method Connect get\nhttp_access deny x\nhttp_access allow all\n",
	"acl A src 10.1.0.0/16\nacl a src 8.8.8.8\nhttp_access deny A\nhttp_access allow all\n",
	"acl A src 10.1.0.0/16\nhttp_access deny a\nhttp_access allow all\n",
	"acl x proto https\nhttp_access deny x\nhttp_access allow all\n",
	"acl x proto none\nhttp_access deny x\nhttp_access allow all\n",
	"acl x proto NONE\nhttp_access allow x\nhttp_access deny all\n",
	"acl x port 443 \nacl x port 80\nhttp_access deny !x\nhttp_access allow all\n",
	"acl x port 0-1000\nhttp_access deny x\nhttp_access allow all\n",
	"acl x port 0443\nhttp_access deny !x\nhttp_access allow all\n",
	"acl x src 10.1\nhttp_access allow x\n",
	"acl x src 010.1.0.1\nhttp_access allow x\n",
	"acl x src 10.1.2.3/0\nhttp_access deny x\nhttp_access allow all\n",
	"acl x src 10.1.2.3/0.0.0.0\nhttp_access allow x\nhttp_access deny all\n",
	"acl x src 10.1.0.0/255.255.0.255\nhttp_access allow x\nhttp_access deny all\n",
	"acl x src 10.1.0.1-10.1.2.3\nhttp_access allow x\nhttp_access deny all\n",
	"acl x src 10.1.0.1-10.1.2.3/24\nhttp_access deny x\nhttp_access allow all\n",
	"acl x src 10.1.0.1-10.1.2.3/24\nhttp_access allow x\nhttp_access deny all\n",
	"acl x src 10.9.0.0-10.1.0.0\nhttp_access deny x\nhttp_access allow all\n",
	"acl x src fd00::/8 2001:db8::/32\nhttp_access allow x\nhttp_access deny all\n",
	"acl x src fd00::1-fd00::ff\nhttp_access allow x\nhttp_access deny all\n",
	"acl x dst 2606:4700::/32\nhttp_access allow x\nhttp_access deny all\n",
	"acl x dst ::/0\nhttp_access deny x\nhttp_access allow all\n",
	"acl x dst ::/0\nhttp_access allow x\nhttp_access deny all\n",
	"acl x dst ipv6\nhttp_access deny x\nhttp_access allow all\n",
	"acl x dst ipv4\nhttp_access deny x\nhttp_access allow all\n",
	"acl x dst ipv4\nhttp_access allow x\nhttp_access deny all\n",
	"acl x dst all\nhttp_access deny x\nhttp_access allow all\n",
	"acl x dst 0.0.0.0/0\nhttp_access allow x\nhttp_access deny all\n",
	"acl x src 0.0.0.0/0\nhttp_access deny x\nhttp_access allow all\n",
	"acl x src ::1/0\nhttp_access deny x\nhttp_access allow all\n",
	"acl x dstdomain -n -- .a.test\nhttp_access allow x\nhttp_access deny all\n",
	"acl x dstdomain .a.test\nacl x dstdomain -n .other.net\nhttp_access deny x\nhttp_access allow all\n",
	"acl x dstdomain -n A.TEST EXAMPLE.com\nhttp_access allow x\nhttp_access deny all\n",
	"acl x dstdomain\nhttp_access deny x\nhttp_access allow all\n",
	"acl x src\nhttp_access deny !x\nhttp_access allow all\n",
	"acl x dst 52.95.1.1 52.95.0.0/16\nhttp_access deny x\nhttp_access allow all\n",
	"acl x dst 52.95.1.1 52.95.0.0/16\nhttp_access deny !x\nhttp_access allow all\n",
	"http_access allow\\\n all\nhttp_access deny all\n",
	"acl x dstdomain -n \\\n  .a.test \\\n# c\n .other.net\nhttp_access deny x\nhttp_access allow all\n",
	"acl x dstdomain -n .a.test#c\nhttp_access deny x\nhttp_access allow all\n",
	"  http_access deny all\nhttp_access allow all\n",
	"\thttp_access allow all\n",
	"acl x dstdomain -n 'example.com'\nhttp_access deny x\nhttp_access allow all\n",
	"acl x maxconn 1\nhttp_access deny x\nhttp_access allow all\n",
	"acl x any-of localhost CONNECT\nhttp_access deny x\nhttp_access allow all\n",
	"acl x all-of localhost CONNECT\nhttp_access deny !x\nhttp_access allow all\n",
	"acl x dstdom_regex -i a\nhttp_access deny !x\nhttp_access allow all\n",
	"append_domain .test\nacl x dstdomain -n a.test\nhttp_access deny x\nhttp_access allow all\n",
	"http_reply_access deny all\nhttp_access allow all\n",
	"acl b myportname 3128\nhttp_access deny !b\nhttp_access allow all\n",
	"acl x localport 1\nhttp_access allow x\nhttp_access deny all\n",
	"acl x src 10.0.0.0/8\nhttp_access deny x x\nhttp_access allow all all\n",
	"acl x src 10.0.0.0/8\nhttp_access deny x !x\nhttp_access allow all\n",
	"http_access deny !all\n",
	"http_access allow !all\n",
	"acl x dstdomain -n a_b.a.test\nhttp_access deny x\nhttp_access allow all\n",
	"acl x dstdomain -n xn--bcher-kva.test\nhttp_access deny x\nhttp_access allow all\n",
	"acl x dst 9.9.9.4/32 9.9.9.5\nhttp_access deny x\nhttp_access allow all\n",
}

// TestOddities asks the real Squid what it makes of them. The result allows
// nothing more, and nothing less without a word.
func TestOddities(t *testing.T) {
	program := squidProgram(t)
	requests := 30
	if os.Getenv("DEGUCHI_REQUIRE") == "all" {
		requests = 150
	}
	from := []string{"10.1.0.1", "10.1.2.3", "10.1.2.9", "8.8.8.8", "127.0.0.1", "fd00::1", "2001:db8::1"}
	hosts := []string{"example.com", "www.example.com", "a.test", "kiosk.a.test", "dl1.other.net", "notexample.com", "inside.test",
		"52.95.1.1", "52.95.1.10", "9.9.9.4", "9.9.9.99", "[2606:4700::1]", "[2606:4700::2]", "example.com."}
	for _, conf := range oddities {
		t.Run(conf, func(t *testing.T) {
			r := imported(conf)
			rules := access.Compile(sound(t, r))
			proxy := startSquid(t, program, conf, "require-proxy-header", anyNames)
			random := rand.New(rand.NewPCG(1, 2))
			for range requests {
				q := request{
					from: netip.MustParseAddr(from[random.IntN(len(from))]), host: hosts[random.IntN(len(hosts))],
					port: []uint16{80, 443}[random.IntN(2)], connect: random.IntN(2) == 0,
				}
				if addr, ok := anyNames[strings.TrimSuffix(q.host, ".")]; ok {
					q.answers = []netip.Addr{netip.MustParseAddr(addr)}
				}
				want := proxy.allows(t, q)
				got, refused := decided(rules, q)
				if got && !want {
					t.Fatalf("%s\nis denied by Squid and allowed by\n%s", q, r.Config)
				}
				if want && !got && !refused && len(r.Problems) == 0 {
					t.Fatalf("%s\nis allowed by Squid, denied here, and no problem says why:\n%s", q, r.Config)
				}
			}
		})
	}
}
