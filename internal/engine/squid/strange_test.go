package squid

import (
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/squidconf"
)

// TestStrange asks the real Squid what squid.confs mean that are written oddly:
// continued, in parts, with lists in files, with quotes, with values that add up,
// with many acls to a line. The result is held against it as in TestConfs.
func TestStrange(t *testing.T) {
	program := squidProgram(t)
	parts, err := filepath.Abs("testdata/strange/parts")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/strange/*.conf")
	if err != nil || len(files) < 10 {
		t.Fatalf("testdata/strange has %d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text := strings.ReplaceAll(string(b), "@DIR@", parts)
			r := Import(squidconf.Parse("squid.conf", squidconf.Source{
				Read: func(name string) ([]byte, error) {
					if name == "squid.conf" {
						return []byte(text), nil
					}
					return os.ReadFile(name)
				},
				Match: filepath.Glob,
			}), reason.English, day)
			proxy := startSquid(t, program, text, "require-proxy-header", anyNames)
			heldAgainst(t, proxy, r, strangeRequest)
		})
	}
}

// strangeRequest is one from more senders than anyRequest's.
func strangeRequest(r *rand.Rand) request {
	q := anyRequest(r)
	if r.IntN(3) == 0 {
		from := []string{"10.0.0.255", "10.1.2.0", "10.1.2.4", "10.1.8.9", "172.16.1.15", "172.16.1.16", "192.168.1.9", "192.168.1.10",
			"192.168.3.255", "192.168.4.0", "2001:db8::fe", "2001:db8::100", "192.168.0.77"}
		q.from = netip.MustParseAddr(from[r.IntN(len(from))])
	}
	return q
}
