package squid

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/access"
	"github.com/deguchi-project/deguchi/internal/model/config"
	"github.com/deguchi-project/deguchi/internal/model/squidconf"
)

// day is the day of the tests.
var day = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// imported is the result for a squid.conf of one file.
func imported(text string) Result { return Import(parsed(text), reason.English, day) }

func parsed(text string) *squidconf.File {
	return squidconf.Parse("squid.conf", squidconf.Source{
		Read: func(name string) ([]byte, error) {
			if name != "squid.conf" {
				return nil, errors.New("no such file")
			}
			return []byte(text), nil
		},
		Match: func(string) ([]string, error) { return nil, nil },
	})
}

// request is a request as Squid sees it, with what it would look up.
type request struct {
	from    netip.Addr
	host    string // a name or an address
	port    uint16
	connect bool
	answers []netip.Addr // of a name
	reverse string       // of an address; empty: none
	now     bool         // whether acls of type time hold
}

func (q request) String() string {
	method := "GET"
	if q.connect {
		method = "CONNECT"
	}
	return fmt.Sprintf("%s %s:%d from %s (answers %v, reverse %q, in time %v)", method, q.host, q.port, q.from, q.answers, q.reverse, q.now)
}

// testACL is an acl as Squid judges it, written without the code under test.
type testACL struct {
	name, kind string
	values     []string
}

// holds is Squid's judgement (src/acl of Squid 5.7).
func (a testACL) holds(q request) bool {
	literal, err := netip.ParseAddr(q.host)
	if a.kind == "src" || a.kind == "dst" {
		a.values = kept(a.values)
	}
	return slices.ContainsFunc(a.values, func(v string) bool {
		switch a.kind {
		case "src":
			return v == "all" || v == "0.0.0.0/0" || netip.MustParsePrefix(v).Contains(q.from)
		case "dst":
			in := func(addr netip.Addr) bool { return netip.MustParsePrefix(v).Contains(addr) }
			return err == nil && in(literal) || err != nil && slices.ContainsFunc(q.answers, in)
		case "dstdomain":
			reverse := err == nil && !slices.Contains(a.values, "-n")
			return domainHolds(v, q.host) || reverse && domainHolds(v, q.reverse)
		case "port":
			var first, last uint16
			if n, _ := fmt.Sscanf(v, "%d-%d", &first, &last); n == 1 {
				last = first
			}
			return first <= q.port && q.port <= last
		case "method":
			return (v == "CONNECT") == q.connect && (q.connect || v == "GET")
		case "proto":
			return v == "HTTP" && !q.connect
		case "time":
			return q.now
		}
		panic(a.kind)
	})
}

// kept are the networks that Squid 5.7 takes of an acl: one that overlaps one
// before it is ignored. 0.0.0.0/0 is all there.
func kept(values []string) (taken []string) {
	for _, v := range values {
		if v == "all" || !slices.ContainsFunc(taken, func(t string) bool {
			return v == "0.0.0.0/0" || t == "0.0.0.0/0" || netip.MustParsePrefix(t).Overlaps(netip.MustParsePrefix(v))
		}) {
			taken = append(taken, v)
		}
	}
	return taken
}

func domainHolds(domain, host string) bool {
	below, wild := strings.CutPrefix(domain, ".")
	return host == below || wild && strings.HasSuffix(host, domain)
}

// testLine is a line of http_access.
type testLine struct {
	deny bool
	acls []string // "!" before those that must not hold
}

// testConf is a squid.conf.
type testConf struct {
	acls  []testACL
	lines []testLine
}

// head is the number of lines above the first http_access.
func (c testConf) head() int { return len(c.acls) }

func (c testConf) String() string {
	var b strings.Builder
	for _, a := range c.acls {
		fmt.Fprintf(&b, "acl %s %s %s\n", a.name, a.kind, strings.Join(a.values, " "))
	}
	for _, l := range c.lines {
		verb := "allow"
		if l.deny {
			verb = "deny"
		}
		fmt.Fprintf(&b, "http_access %s %s\n", verb, strings.Join(l.acls, " "))
	}
	return b.String()
}

// allows is Squid's answer, and the line of the file that gives it.
func (c testConf) allows(q request) (allowed bool, line int) {
	for i, l := range c.lines {
		if !slices.ContainsFunc(l.acls, func(name string) bool {
			bare, negated := strings.CutPrefix(name, "!")
			at := slices.IndexFunc(c.acls, func(a testACL) bool { return a.name == bare })
			return c.acls[at].holds(q) == negated
		}) {
			return !l.deny, c.head() + i + 1
		}
	}
	if len(c.lines) == 0 {
		return false, 0
	}
	return c.lines[len(c.lines)-1].deny, c.head() + len(c.lines)
}

// Values that overlap: prefixes in prefixes, names below names.
var (
	someSources = []string{"10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "192.168.0.0/16", "10.1.2.3/32", "fd00::/8", "0.0.0.0/0", "127.0.0.0/30", "127.0.0.2/32"}
	someNets    = []string{"52.0.0.0/8", "52.95.0.0/16", "8.8.8.8/32", "169.254.0.0/16", "10.0.0.0/8", "127.0.0.0/8", "2600::/16"}
	someNames   = []string{".example.com", "example.com", "www.example.com", ".a.test", "b.a.test", ".c.b.a.test", ".test", "52.95.1.1"}
	somePorts   = []string{"80", "443", "1025-65535", "400-500", "8080"}
)

func genConf(t *rapid.T) testConf {
	c := testConf{acls: []testACL{{"everybody", "src", []string{"all"}}}}
	of := func(kind string, n int, flags []string, from []string) {
		for i := range n {
			a := testACL{fmt.Sprintf("%s%d", kind, i), kind, nil}
			if len(flags) > 0 && rapid.Bool().Draw(t, "flag") {
				a.values = append(a.values, flags...)
			}
			values := rapid.SliceOfNDistinct(rapid.SampledFrom(from), 1, 3, rapid.ID[string]).Draw(t, kind)
			a.values = append(a.values, slices.DeleteFunc(slices.Clone(values), func(v string) bool { // Squid does not start with both
				return slices.ContainsFunc(values, func(w string) bool { return w != v && domainHolds(w, strings.TrimPrefix(v, ".")) })
			})...)
			c.acls = append(c.acls, a)
		}
	}
	of("src", 2, nil, someSources)
	of("dstdomain", 3, []string{"-n"}, someNames)
	of("port", 2, nil, somePorts)
	of("dst", 1, nil, someNets)
	of("method", 1, nil, []string{"CONNECT", "GET"})
	of("proto", 1, nil, []string{"HTTP", "FTP"})
	c.acls = append(c.acls, testACL{"hours", "time", []string{"09:00-17:00"}})
	name := rapid.Custom(func(t *rapid.T) string {
		not := rapid.SampledFrom([]string{"", "", "!"}).Draw(t, "not")
		return not + rapid.SampledFrom(c.acls).Draw(t, "acl").name
	})
	c.lines = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) testLine {
		return testLine{rapid.Bool().Draw(t, "deny"), rapid.SliceOfN(name, 1, 3).Draw(t, "acls")}
	}), 0, 6).Draw(t, "lines")
	return c
}

func genRequest(t *rapid.T) request {
	addr := rapid.Map(rapid.SampledFrom([]string{"52.95.1.1", "52.1.1.1", "8.8.8.8", "9.9.9.9", "2600::1", "2a00::1", "10.1.1.1"}), netip.MustParseAddr)
	q := request{
		from: netip.MustParseAddr(rapid.SampledFrom([]string{"10.9.9.9", "10.1.9.9", "10.1.2.9", "10.1.2.3", "192.168.1.1", "172.16.0.1", "fd00::1", "2001:db8::1", "127.0.0.1", "127.0.0.2"}).Draw(t, "from")),
		port: rapid.SampledFrom([]uint16{80, 443, 450, 8080, 22, 1024, 1025}).Draw(t, "port"),
		now:  rapid.Bool().Draw(t, "now"), connect: rapid.Bool().Draw(t, "connect"),
	}
	names := rapid.SampledFrom([]string{"example.com", "www.example.com", "x.www.example.com", "a.test", "b.a.test", "x.c.b.a.test", "c.b.a.test", "other.net", "notexample.com"})
	if q.host = names.Draw(t, "host"); rapid.IntRange(0, 3).Draw(t, "literal") == 0 {
		q.host = addr.Draw(t, "address").String()
		q.reverse = rapid.OneOf(rapid.Just(""), names).Draw(t, "reverse")
		return q
	}
	q.answers = rapid.SliceOfN(addr, 1, 2).Draw(t, "answers")
	return q
}

// decided is what the result answers to q; refused says that the rules would
// let it pass, and its addresses do not.
func decided(rules *access.Rules, q request) (allowed, refused bool) {
	host, err := netset.ParseHost(q.host)
	if err != nil {
		panic(err)
	}
	a := &access.Request{Client: q.from, Host: host, Port: q.port, Scheme: access.HTTP, Now: day}
	if q.connect {
		a.Scheme = access.HTTPS
	}
	if !host.IsAddr() {
		a.Name = awsdata.Names().Classify(host)
	}
	d := rules.Decide(a)
	switch d.Code {
	case reason.SpecialAddress, reason.PrivateAddress, reason.LinkLocal:
		return false, true
	}
	after := rules.Answer(a, d, q.answers)
	return after.Passes(), d.Passes() && !after.Passes()
}

// sound parses a result, which must have no error.
func sound(t interface{ Fatalf(string, ...any) }, r Result) *config.Config {
	cfg, problems := config.Parse("deguchi.yaml", []byte(r.Config), day)
	if cfg == nil {
		t.Fatalf("the result has errors: %v\n%s", problems, r.Config)
	}
	if unreached := access.Check(cfg); len(unreached) > 0 {
		t.Fatalf("the result has rules that nothing reaches: %v\n%s", unreached, r.Config)
	}
	return cfg
}
