package noproxy

import (
	"bufio"
	"flag"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"
)

// amount is how many questions a program is asked. With more, the differential
// tests look further: go test -run Agree -questions 2000 -timeout 1h
var amount = flag.Int("questions", 60, "questions that each program is asked in differential tests")

// question is what a program is asked in a differential test.
type question struct {
	vars Vars
	url  string
}

// questions draws n questions that are the same in every run. Targets are names
// that do not exist and addresses of this machine, where nobody listens, so
// that a program that goes direct fails at once and reaches nobody.
func questions(n int, proxy string) []question {
	hosts := []string{
		"example.invalid", "a.example.invalid", "notexample.invalid", "b.a.example.invalid",
		"EXAMPLE.invalid", "example.invalid.", "127.1.2.3", "127.1.9.9", "[::1]", "localhost",
		"127.1", "[::ffff:127.1.2.3]", "user@example.invalid",
	}
	entries := append([]string{
		".example.invalid", "*.example.invalid", "*example.invalid", "Example.Invalid", ".invalid", "invalid",
		"a.example.invalid:1", "127.1.2.3:1", "127.0.0.0/8", "127.1.2.3/16", "127.1.2.3/32", "2.3", ".2.3", "127.1.*",
		"::1", "::/0", "[::1]:1", "*", "", ".", "foo.invalid", "example.*", "http://example.invalid",
		"example.invalid:2", "example.invalid:443", ".a.example.invalid:1", "*.invalid:1", "..example.invalid", "0:0:0:0:0:0:0:1", "::1/128", "[::1]/128",
		"127.1.2", "[127.1.2.3]", "127.1.2.3-127.1.9.9", "127.0.0.0/0", "local", "*.", "e?ample.invalid",
		"127.1/8", "127.01.2.3", "127.1.2.3.", "127.1.2.0/024", "::ffff:127.1.2.3", "::ffff:127.0.0.0/104", "EXAMPLE.INVALID.", "\texample.invalid",
		"example.invalid\t", "a.example.invalid:01", "example.invalid:", ":1", "*:1", "/", "example.invalid/", "user@example.invalid", "*a.example.invalid",
	}, hosts...)
	values := []string{
		"http://" + proxy, "http://" + proxy, "http://" + proxy, proxy, "http://" + proxy + "/", "HTTP://" + proxy,
		"http://user:pass@" + proxy, "http://user@" + proxy, "http://us%40er:p%2Fss@" + proxy, "http://u:p@ss@" + proxy,
		"http://u:p#ss@" + proxy, "http://u:p/ss@" + proxy, "http://u:p%ss@" + proxy, " http://" + proxy,
		"http://" + proxy + " ", "http://" + proxy + "/x", `"http://` + proxy + `"`, "https://" + proxy, "",
	}
	list := rapid.Custom(func(t *rapid.T) string {
		items := rapid.SliceOfN(rapid.SampledFrom(entries), 0, 4).Draw(t, "entries")
		return strings.Join(items, rapid.SampledFrom([]string{",", ",", ", ", " ,", " ", "\t", ",,", ";", "|"}).Draw(t, "separator"))
	})
	one := rapid.Custom(func(t *rapid.T) question {
		q := question{vars: Vars{}}
		for _, name := range []string{"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"} {
			if rapid.IntRange(0, 3).Draw(t, "set") > 0 {
				q.vars[name] = rapid.SampledFrom(values).Draw(t, name)
			}
		}
		for _, name := range []string{"all_proxy", "ALL_PROXY"} {
			if rapid.IntRange(0, 5).Draw(t, "set") == 0 {
				q.vars[name] = rapid.SampledFrom(values).Draw(t, name)
			}
		}
		if rapid.IntRange(0, 11).Draw(t, "cgi") == 0 {
			q.vars["REQUEST_METHOD"] = "GET"
		}
		for _, name := range []string{"no_proxy", "NO_PROXY"} {
			if rapid.Bool().Draw(t, "set") {
				q.vars[name] = list.Draw(t, name)
			}
		}
		q.url = rapid.SampledFrom([]string{"http", "https"}).Draw(t, "scheme") + "://" +
			rapid.SampledFrom(hosts).Draw(t, "host") + rapid.SampledFrom([]string{"", ":1"}).Draw(t, "port") + "/"
		return q
	})
	all := make([]question, n)
	for i := range all {
		all[i] = one.Example(i)
	}
	return all
}

// counter is a proxy on loopback that refuses everything and counts who came.
type counter struct {
	addr  string
	hits  atomic.Int64
	conns sync.WaitGroup
}

// came returns how many connections there were so far. It connects itself:
// connections are accepted in order, so that all earlier ones are counted when
// this one is answered.
func (c *counter) came(t *testing.T) int64 {
	t.Helper()
	conn, err := net.Dial("tcp4", c.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(conn).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	return c.hits.Add(-1)
}

func newCounter(t *testing.T) *counter {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &counter{addr: l.Addr().String()}
	c.conns.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			c.hits.Add(1)
			c.conns.Go(func() { refuse(conn) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		c.conns.Wait()
	})
	return c
}

// refuse reads a head, or one line of what is none, and answers 503.
func refuse(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	if b, err := in.Peek(1); err != nil || b[0] == 0x16 { // TLS
		return
	}
	for {
		line, err := in.ReadString('\n')
		if err != nil || strings.TrimSpace(line) == "" {
			break
		}
	}
	_, _ = conn.Write([]byte("HTTP/1.1 503 Counted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
}

// compare asks the model of id and the program itself, and reports where they
// differ on whether the proxy is contacted. A version that was not measured may
// differ: that is only logged.
func compare(t *testing.T, id, version string, qs []question, contacts func(q question) bool) {
	t.Helper()
	p, err := Named(id)
	if err != nil {
		t.Fatal(err)
	}
	report := t.Errorf
	if !strings.Contains(p.Version, version) {
		report = t.Logf
	}
	differ := 0
	for _, q := range qs {
		target, err := ParseTarget(q.url)
		if err != nil {
			t.Fatal(err)
		}
		d := p.Route(q.vars, target)
		if got := contacts(q); got != (d.Route == Proxied) {
			differ++
			report("%s %s: contacts the proxy: %v; Route(%q, %s) = %s %s by %q, %v", id, version, got, q.vars, q.url, d.Route, d.Proxy, d.Entry, d.Because)
		}
	}
	t.Logf("%s %s: %d of %d agree; the model follows %s", id, version, len(qs)-differ, len(qs), p.Version)
}
