package squid

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/engine/access"
	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// squidHosts is what Squid knows of names: /etc/hosts of the tests. An address
// has the first of its names.
var squidHosts = map[string]string{
	"example.com": "127.0.0.5", "www.example.com": "127.0.0.6", "x.www.example.com": "127.0.0.6",
	"a.test": "127.0.0.5", "b.a.test": "127.0.0.7", "other.net": "127.0.0.8",
}

// TestSquid asks the real Squid: nothing that it denies is allowed by the
// result, and what the result denies beyond that has a problem. The addresses
// of the test are loopback, which the result is told not to mind. It also holds
// the model of the property tests against the program.
func TestSquid(t *testing.T) {
	program := squidProgram(t)
	requiretest.Linux(t) // clients have other addresses of 127/8
	for seed := range 12 {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			c := rapid.Custom(genConf).Example(seed)
			for len(c.lines) < 2 {
				seed += 1000
				c = rapid.Custom(genConf).Example(seed)
			}
			proxy := startSquid(t, program, strings.ReplaceAll(c.String(), "09:00-17:00", "SMTWHFA 00:00-23:59"), "", squidHosts)
			r := imported(c.String())
			cfg := sound(t, r)
			cfg.Unsafe = nets{prefix("127.0.0.0/8")}
			rules := access.Compile(cfg)
			random := rand.New(rand.NewPCG(uint64(seed), 0))
			for range 60 {
				q := localRequest(random)
				want := proxy.allows(t, q)
				if model, line := c.allows(q); model != want {
					t.Fatalf("the model says %v (line %d), Squid %v:\n%s\n%s", model, line, want, q, c)
				}
				_, line := c.allows(q)
				got, _ := decided(rules, q)
				if got && !want {
					t.Fatalf("%s\nis denied by Squid and allowed by the result of\n%s\n%s", q, c, r.Config)
				}
				if want && !got && !reported(r.Problems, line) {
					t.Fatalf("%s\nis allowed by Squid, denied by the result, and no problem says so:\n%s\n%s", q, c, r.Config)
				}
			}
		})
	}
}

// localRequest is a request between loopback addresses.
func localRequest(r *rand.Rand) request {
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	q := request{
		from: netip.MustParseAddr(pick([]string{"127.0.0.1", "127.0.0.2", "127.0.0.9"})),
		port: []uint16{80, 443, 450, 8080, 22}[r.IntN(5)], connect: r.IntN(4) > 0, now: true,
	}
	names := []string{"example.com", "www.example.com", "x.www.example.com", "a.test", "b.a.test", "other.net"}
	if q.host = pick(names); r.IntN(4) > 0 {
		q.answers = []netip.Addr{netip.MustParseAddr(squidHosts[q.host])}
		return q
	}
	q.host = pick([]string{"127.0.0.7", "127.0.0.8", "127.0.0.99"})
	q.reverse = map[string]string{"127.0.0.7": "b.a.test", "127.0.0.8": "other.net", "127.0.0.99": "nobody.invalid"}[q.host]
	return q
}

// running is a Squid that answers.
type running struct {
	address string
	header  bool // it wants to be told the client's address
}

// squidProgram is the real Squid. It is asked thousands of times, one after the
// other, which takes long and shows the race detector nothing.
func squidProgram(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("asks Squid; not with -short")
	}
	return requiretest.Program(t, "/usr/sbin/squid")
}

// startSquid runs Squid on a squid.conf until the test ends. option is one of
// its http_port, names are what it finds. It leaves by a parent only, which is
// not there.
func startSquid(t *testing.T, program, conf, option string, names map[string]string) running {
	dir := t.TempDir()
	for d := dir; d != os.TempDir() && d != "/"; d = filepath.Dir(d) {
		_ = os.Chmod(d, 0o777) // Squid changes its user if it is started by root
	}
	port := freePort(t)
	hosts := "127.0.0.99 nobody.invalid\n52.95.1.1 nobody.invalid\n9.9.9.99 nobody.invalid\n127.0.0.1 localhost\n"
	for name, addr := range names {
		hosts += addr + " " + name + "\n"
	}
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return file
	}
	conf += fmt.Sprintf("\nhttp_port 127.0.0.1:%d %s\nproxy_protocol_access allow all\n"+
		"cache_peer 127.0.0.1 parent 1 0 no-query default\nnever_direct allow all\nhosts_file %s\npid_filename %s/pid\ncache_log %s/cache.log\naccess_log none\n"+
		"coredump_dir %s\nshutdown_lifetime 0 seconds\nmemory_cache_shared off\ncache deny all\npinger_enable off\n"+
		"connect_timeout 2 seconds\ndns_nameservers 127.0.0.1\ndns_timeout 1 second\n", port, option, write("hosts", hosts), dir, dir, dir)
	name := fmt.Sprintf("deguchi%d", port)
	cmd := exec.Command(program, "-N", "-n", name, "-f", write("squid.conf", conf))
	out := &strings.Builder{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // to stop takes it two seconds
		_ = cmd.Wait()
		left, _ := filepath.Glob("/dev/shm/" + name + "-*")
		for _, file := range left {
			_ = os.Remove(file)
		}
	})
	s := running{fmt.Sprintf("127.0.0.1:%d", port), option != ""}
	for begun := time.Now(); ; {
		conn, err := net.Dial("tcp", s.address)
		if err == nil {
			_ = conn.Close()
			return s
		}
		if time.Since(begun) > 10*time.Second {
			t.Fatalf("Squid does not answer: %v\n%s", err, out)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func freePort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// allows asks Squid: what it denies is 403, whatever becomes of the rest.
func (s running) allows(t *testing.T, q request) bool {
	dialer := net.Dialer{Timeout: 5 * time.Second}
	if !s.header {
		dialer.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(q.from, 0))
	}
	conn, err := dialer.Dial("tcp", s.address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	if s.header {
		family, to := "TCP4", "192.0.2.1"
		if q.from.Is6() {
			family, to = "TCP6", "2001:db8::2"
		}
		fmt.Fprintf(conn, "PROXY %s %s %s 40000 3128\r\n", family, q.from, to)
	}
	target := fmt.Sprintf("%s:%d", q.host, q.port)
	head := "CONNECT " + target
	if !q.connect {
		head = "GET http://" + target + "/"
	}
	fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", head, target)
	status, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || !strings.HasPrefix(status, "HTTP/1.1 ") {
		t.Fatalf("%s: Squid answers %q, %v", q, status, err)
	}
	return !strings.HasPrefix(status, "HTTP/1.1 403")
}
