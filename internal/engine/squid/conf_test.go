package squid

import (
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/engine/access"
)

// requests is how many each squid.conf of testdata/conf is asked: a thousand
// where every program is said to be there, as in CI.
func requests() int {
	if os.Getenv("DEGUCHI_REQUIRE") == "all" {
		return 1000
	}
	return 250
}

// TestConfs asks the real Squid what squid.confs as people write them say to
// generated requests from anywhere, and holds the result against it: the same
// answer, or less where a problem says so.
func TestConfs(t *testing.T) {
	program := squidProgram(t)
	files, err := filepath.Glob("testdata/conf/*.conf")
	if err != nil || len(files) < 13 {
		t.Fatalf("testdata/conf has %d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r := imported(string(text))
			proxy := startSquid(t, program, withoutWays(string(text)), "require-proxy-header", anyNames)
			heldAgainst(t, proxy, r, anyRequest)
		})
	}
}

// heldAgainst asks Squid and the result r of its squid.conf what draw gives: the
// result allows nothing more, and less only where a problem says so.
func heldAgainst(t *testing.T, squid running, r Result, draw func(*rand.Rand) request) {
	t.Helper()
	rules := access.Compile(sound(t, r))
	random := rand.New(rand.NewPCG(1, 2))
	allowed, lost := 0, 0
	for range requests() {
		q := draw(random)
		want := squid.allows(t, q)
		got, refused := decided(rules, q)
		switch {
		case got && !want:
			t.Fatalf("%s\nis denied by Squid and allowed by\n%s", q, r.Config)
		case want && !got && !refused:
			lost++
			if !slices.ContainsFunc(r.Problems, narrows) {
				t.Fatalf("%s\nis allowed by Squid, denied here, and no problem says why:\n%s\n%v", q, r.Config, r.Problems)
			}
		case want:
			allowed++
		}
	}
	t.Logf("of %d requests Squid and the result allow %d, Squid alone %d; %v", requests(), allowed, lost, show(r))
}

// narrows reports whether p says that less is allowed than in Squid.
func narrows(p diag.Problem) bool {
	return slices.Contains([]string{"DG1702", "DG1703", "DG1704", "DG1705", "DG1708"}, p.Code)
}

// withoutWays takes out where Squid listens and where it goes: the test has its
// own port, and a parent that is not there.
func withoutWays(conf string) string {
	var b strings.Builder
	for line := range strings.Lines(conf) {
		word, _, _ := strings.Cut(line, " ")
		if !slices.Contains([]string{"http_port", "cache_peer", "never_direct", "always_direct", "coredump_dir", "access_log"}, word) {
			b.WriteString(line)
		}
	}
	return b.String()
}

// anyNames are names of the requests, with what Squid finds for them.
var anyNames = map[string]string{
	"example.com": "52.95.1.10", "www.example.com": "52.95.1.11", "drafts.example.com": "9.9.9.1",
	"x.secret.example.com": "9.9.9.2", "console.example.com": "9.9.9.3", "a.test": "9.9.9.4",
	"kiosk.a.test": "52.95.2.1", "b.a.test": "9.9.9.5", "evil.test": "9.9.9.6", "dl1.other.net": "9.9.9.7",
	"casino.other.net": "9.9.9.8", "notexample.com": "9.9.9.9", "sns.ap-northeast-1.amazonaws.com": "52.95.3.1",
	"any.s3.ap-northeast-1.amazonaws.com": "52.95.3.2", "inside.test": "10.9.9.9",
}

// anyRequest is a request from anywhere to one of a few places.
func anyRequest(r *rand.Rand) request {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	q := request{
		from: netip.MustParseAddr(pick("10.0.0.1", "10.1.0.1", "10.1.2.3", "10.1.9.1", "10.9.9.9", "172.16.1.1",
			"192.168.1.1", "127.0.0.1", "8.8.8.8", "203.0.113.7", "fd00::1", "2001:db8::1")),
		port:    []uint16{443, 443, 443, 80, 21, 8443, 9005, 1024, 1025, 444}[r.IntN(10)],
		connect: r.IntN(3) > 0,
	}
	if r.IntN(5) == 0 {
		q.host = pick("52.95.1.1", "52.95.1.10", "9.9.9.4", "10.9.9.9", "127.0.0.1", "9.9.9.99")
		return q
	}
	names := make([]string, 0, len(anyNames))
	for name := range anyNames {
		names = append(names, name)
	}
	slices.Sort(names)
	q.host = pick(names...)
	q.answers = []netip.Addr{netip.MustParseAddr(anyNames[q.host])}
	return q
}
