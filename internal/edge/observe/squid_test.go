package observe

import (
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The lines of the real program were written by Debian's squid-openssl
// 5.7-2+deb12u6 on 2026-11-22, its time, sizes and content types taken away:
// "stdio:" log, CONNECT and GET by curl 7.88.1, and bytes by hand.
func TestSquid(t *testing.T) {
	local := netip.MustParseAddrPort("127.0.0.1:18080")
	tests := map[string]struct {
		squid  string
		record Record
	}{
		"a tunnel":              {"TCP_TUNNEL/200 CONNECT 127.0.0.1:18080 - HIER_DIRECT/127.0.0.1", Record{Method: "CONNECT", Host: "127.0.0.1", Port: 18080, Addr: local, Status: 200, Verdict: "allowed"}},
		"a request":             {"TCP_MISS/404 GET http://127.0.0.1:18080/ - HIER_DIRECT/127.0.0.1", Record{Method: "GET", Host: "127.0.0.1", Port: 18080, Addr: local, Status: 404, Verdict: "allowed"}},
		"a refusal":             {"TCP_DENIED/403 CONNECT s3.amazonaws.com:443 - HIER_NONE/-", Record{Method: "CONNECT", Host: "s3.amazonaws.com", Port: 443, Status: 403, Verdict: "denied"}},
		"nobody listens":        {"NONE_NONE/503 CONNECT 127.0.0.1:18999 - HIER_DIRECT/127.0.0.1", Record{Method: "CONNECT", Host: "127.0.0.1", Port: 18999, Addr: local, Status: 503, Verdict: "denied"}},
		"nobody listens, a GET": {"TCP_MISS/503 GET http://127.0.0.1:18999/ - HIER_DIRECT/127.0.0.1", Record{Method: "GET", Host: "127.0.0.1", Port: 18999, Addr: local, Status: 503, Verdict: "denied"}},
		"no such name":          {"NONE_NONE/500 CONNECT nx.invalid:80 - HIER_NONE/-", Record{Method: "CONNECT", Host: "nx.invalid", Port: 80, Status: 500, Verdict: "denied"}},
		"port 80 goes unsaid":   {"TCP_DENIED/403 GET http://denied.example/ - HIER_NONE/-", Record{Method: "GET", Host: "denied.example", Port: 80, Status: 403, Verdict: "denied"}},
		"not HTTP":              {"NONE_NONE/400 nonsense error:invalid-request - HIER_NONE/-", Record{Method: "nonsense", Status: 400, Verdict: "denied", Reason: "bad-request"}},
		"nothing but noise":     {"NONE_NONE/000 - error:transaction-end-before-headers - HIER_NONE/-", Record{Verdict: "denied"}},
		"a header without end":  {"NONE_NONE/431 GET error:request-too-large - HIER_NONE/-", Record{Method: "GET", Status: 431, Verdict: "denied"}},
	}
	for why, tt := range tests {
		t.Run(why, func(t *testing.T) {
			r := tt.record
			r.Time, r.Client = time.UnixMilli(1795323401005), netip.MustParseAddrPort("127.0.0.1:40000")
			r.Took, r.Down = 7*time.Millisecond, 669
			got := string(appendSquid(nil, &r))
			code, rest, _ := strings.Cut(tt.squid, " ")
			want := "1795323401.005      7 127.0.0.1 " + code + " 669 " + rest + " -\n"
			if got != want {
				t.Errorf("appendSquid =\n%swant\n%s", got, want)
			}
		})
	}
}

func TestSquidOfOurOwn(t *testing.T) {
	tests := map[string]struct {
		change func(r *Record)
		want   string
	}{
		"observed, not enforced":    {func(r *Record) { r.Verdict = "would-deny" }, "TCP_TUNNEL/200"},
		"cut after the handshake":   {func(r *Record) { r.Verdict, r.Reason = "denied", "sni-mismatch" }, "TCP_DENIED/200"},
		"over a parent":             {func(r *Record) { r.Parent = "corp-proxy.example:8080" }, "FIRSTUP_PARENT/52.219.0.1"},
		"an IPv6 literal":           {func(r *Record) { r.Host = "2001:db8::1" }, " [2001:db8::1]:443 "},
		"a name with spaces":        {func(r *Record) { r.Host = "a b\n%\xff" }, " a%20b%0A%25%FF:443 "},
		"a tunnel of eleven days":   {func(r *Record) { r.Took = 1_000_000 * time.Second }, " 1000000000 10.20.1.5 "},
		"an IPv4 client over IPv6":  {func(r *Record) { r.Client = netip.MustParseAddrPort("[::ffff:10.20.1.5]:1") }, " 10.20.1.5 TCP"},
		"a client that nobody told": {func(r *Record) { r.Client = netip.AddrPort{} }, "     89 - TCP_TUNNEL/200"},
	}
	for why, tt := range tests {
		t.Run(why, func(t *testing.T) {
			if got := string(appendSquid(nil, with(tt.change))); !strings.Contains(got, tt.want) {
				t.Errorf("appendSquid = %q, want %q in it", got, tt.want)
			}
		})
	}
}

var squidLine = regexp.MustCompile(`^[0-9]+\.[0-9]{3} +[0-9]+ \S+ [A-Z_]+/[0-9]{3} -?[0-9]+ \S+ \S+ - [A-Z_]+/\S+ -\n$`)

// FuzzSquid: whatever a client says, a record is one line of ten words.
func FuzzSquid(f *testing.F) {
	f.Add("a.example", "GET", "denied")
	f.Add("a b\n", "\xff \x00", "")
	f.Fuzz(func(t *testing.T, host, method, verdict string) {
		got := string(appendSquid(nil, with(func(r *Record) { r.Host, r.Method, r.Verdict = host, method, verdict })))
		if !squidLine.MatchString(got) || len(strings.Fields(got)) != 10 {
			t.Fatalf("appendSquid = %q", got)
		}
	})
}
