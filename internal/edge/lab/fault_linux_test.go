package lab_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/deguchi-project/deguchi/internal/edge/lab"
	"github.com/deguchi-project/deguchi/internal/edge/lab/service"
	"github.com/deguchi-project/deguchi/internal/engine/blueprint"
	"github.com/deguchi-project/deguchi/internal/model/topology"
	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// twoZones is a load balancer with a node and a proxy in each of two zones, and a
// client in one of them.
const twoZones = `version: 1
vpcs:
  app:
    region: ap-northeast-1
    cidr: 10.1.0.0/16
    subnets:
      client: {cidr: 10.1.0.0/24, az: a}
      a: {cidr: 10.1.1.0/24, az: a}
      b: {cidr: 10.1.2.0/24, az: b}
    endpoints:
      s3: {gateway: s3, subnets: [a, b]}
nlbs:
  front: {at: [app/a, app/b], listeners: [3128], targets: [pa, pb], preserve_client_ip: false}
proxies:
  pa: {at: app/a, port: 3128, allow_domains: [.amazonaws.com]}
  pb: {at: app/b, port: 3128, allow_domains: [.amazonaws.com]}
clients:
  ec2: {at: app/client, proxy: front}
`

const bigHost = service.BigBucket + ".s3.ap-northeast-1.amazonaws.com"

// TestFaults breaks something in the middle of a transfer of 1 GiB and under 200
// idle tunnels, and looks at it as clients do: what the transfer comes to, what
// the tunnels notice by themselves and when they are used, what the next request
// of the CLI says, and whether it works again by itself.
func TestFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("a gigabyte and a thousand tunnels, beside health checks that must be in time; not with -short")
	}
	needs(t)
	requiretest.Program(t, "/usr/bin/aws")
	requiretest.Program(t, "curl")
	for _, tt := range []struct {
		why      string
		both     bool // proxies stand in the client's zone
		does     func(*lab.Lab) error
		transfer string // a regular expression for exit code and text of curl
		idle     string // what tunnels notice
		used     string // what those notice that noticed nothing, when they are used
		next     string // a regular expression for the CLI's next request
		recovers bool
	}{
		{
			"the proxy of a zone is killed", false, func(l *lab.Lab) error { return l.Kill("pa") },
			`^(18|56) `, "closed", "", ``, true,
		},
		{
			"the host of a proxy vanishes, with another in the zone", true, func(l *lab.Lab) error { return l.Cut("proxy:pa", "vpc:app") },
			`^28 .*Operation too slow`, "nothing", "closed", ``, true,
		},
		{
			"the gateway endpoint is cut off", false, func(l *lab.Lab) error { return l.Cut("vpce:app/s3", "vpc:app") },
			`^28 .*Operation too slow`, "nothing", "nothing", `^255 .*Failed to connect to proxy URL`, false,
		},
		{
			"the name server falls silent", false, func(l *lab.Lab) error { l.Silence("app", true); return nil },
			`^0 `, "nothing", "alive", `^255 .*(Failed to connect to proxy URL|Could not connect)`, false,
		},
		{
			"a zone of the load balancer is gone", false, func(l *lab.Lab) error { return l.Cut("nlb:front@app/a", "vpc:app") },
			`^28 .*Operation too slow`, "nothing", "nothing", ``, true,
		},
	} {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel() // most of it is waiting
			text := twoZones
			if tt.both {
				text = strings.Replace(text, "pb: {at: app/b", "pb: {at: app/a", 1)
			}
			top, problems := topology.Parse("two-zones.yaml", []byte(text), topology.Options{Now: now})
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			l := opened(t, top, lab.Options{Health: 100 * time.Millisecond})
			idle := tunnels(t, l, top, 200)
			transfer := begin(t, l, top.Client("ec2"))
			transfer.read(t, service.BigSize/4)
			if err := tt.does(l); err != nil {
				t.Fatal(err)
			}
			got := transfer.end(t)
			t.Logf("the transfer: %d of %d bytes, %s", transfer.n, service.BigSize, got)
			if !regexp.MustCompile(tt.transfer).MatchString(got) {
				t.Errorf("the transfer: %s, want %q", got, tt.transfer)
			}
			noticed := notice(idle, false)
			t.Logf("idle tunnels noticed: %v", noticed)
			if noticed[tt.idle] != len(idle) {
				t.Errorf("idle tunnels: %v, want all %q", noticed, tt.idle)
			}
			if tt.used != "" {
				noticed = notice(idle, true)
				t.Logf("when they were used: %v", noticed)
				if noticed[tt.used] != len(idle) {
					t.Errorf("when they were used: %v, want all %q", noticed, tt.used)
				}
			}
			first := list(t, l, top.Client("ec2"))
			t.Logf("the next request: %s", first)
			if tt.next != "" && !regexp.MustCompile(tt.next).MatchString(first) {
				t.Errorf("the next request: %s, want %q", first, tt.next)
			}
			for end := time.Now().Add(30 * time.Second); tt.recovers && !strings.HasPrefix(first, "0 "); first = list(t, l, top.Client("ec2")) {
				if time.Now().After(end) {
					t.Fatalf("requests still fail: %s", first)
				}
			}
		})
	}
}

// tunnels opens n tunnels through the load balancer's node in zone a.
func tunnels(t *testing.T, l *lab.Lab, top *topology.Topology, n int) (all []net.Conn) {
	t.Helper()
	at := l.Plan().Interfaces(blueprint.HostOf(topology.Via{NLB: top.NLB("front")}))[0].Addr
	var mu sync.Mutex
	var opening sync.WaitGroup
	for range n {
		opening.Go(func() {
			conn, err := tunnel(t.Context(), l, netip.AddrPortFrom(at, 3128).String())
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, conn)
		})
	}
	opening.Wait()
	t.Cleanup(func() {
		for _, c := range all {
			_ = c.Close()
		}
	})
	if len(all) != n {
		t.Fatalf("%d tunnels of %d", len(all), n)
	}
	return all
}

// tunnel opens a tunnel in which one request was made and answered.
func tunnel(ctx context.Context, l *lab.Lab, proxy string) (net.Conn, error) {
	conn, err := l.Dial(ctx, "client:ec2", proxy)
	if err != nil {
		return nil, err
	}
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	if _, err := fmt.Fprintf(conn, "CONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\n\r\n", bigHost, bigHost); err != nil {
		return nil, err
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: http.MethodConnect})
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("CONNECT: %s", resp.Status)
	}
	secure := tls.Client(conn, &tls.Config{ServerName: bigHost, InsecureSkipVerify: true})
	return secure, request(secure)
}

// request makes a request in an open tunnel.
func request(conn net.Conn) error {
	if _, err := fmt.Fprintf(conn, "HEAD /%s HTTP/1.1\r\nHost: %s\r\n\r\n", service.BigKey, bigHost); err != nil {
		return err
	}
	_, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: http.MethodHead})
	return err
}

// notice is what the ends of tunnels notice: by themselves, or when they are used
// again.
func notice(tunnels []net.Conn, use bool) map[string]int {
	seen := map[string]int{}
	patience := time.Second
	if use {
		patience = 5 * time.Second
	}
	until := time.Now().Add(patience)
	errs := make([]error, len(tunnels))
	var all sync.WaitGroup
	for i, c := range tunnels {
		raw := c.(*tls.Conn).NetConn()
		_ = raw.SetDeadline(until)
		all.Go(func() {
			if use {
				errs[i] = request(c)
				return
			}
			_, errs[i] = raw.Read(make([]byte, 1)) // nothing but an end can come
		})
	}
	all.Wait()
	for _, err := range errs {
		switch {
		case err == nil:
			seen["alive"]++
		case errors.Is(err, os.ErrDeadlineExceeded):
			seen["nothing"]++
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
			seen["closed"]++
		default:
			seen[err.Error()]++
		}
	}
	return seen
}

// transfer is curl on its way through the big object.
type transfer struct {
	cmd    *exec.Cmd
	out    io.ReadCloser
	errors bytes.Buffer
	n      int64
}

func begin(t *testing.T, l *lab.Lab, c *topology.Client) *transfer {
	t.Helper()
	tr := &transfer{cmd: exec.CommandContext(t.Context(), "curl", "-sS", "--speed-limit", "1", "--speed-time", "3", "https://"+bigHost+"/"+service.BigKey)}
	tr.cmd.Stderr = &tr.errors
	var err error
	if tr.out, err = tr.cmd.StdoutPipe(); err != nil {
		t.Fatal(err)
	}
	if err := l.Start(c, tr.cmd); err != nil {
		t.Fatal(err)
	}
	return tr
}

// read takes the next n bytes.
func (tr *transfer) read(t *testing.T, n int64) {
	t.Helper()
	got, err := io.CopyN(io.Discard, tr.out, n)
	if tr.n += got; err != nil {
		t.Fatalf("after %d bytes: %v\n%s", tr.n, err, tr.errors.String())
	}
}

// end takes the rest, and returns the exit code and the text of curl.
func (tr *transfer) end(t *testing.T) string {
	t.Helper()
	got, err := io.Copy(io.Discard, tr.out)
	if tr.n += got; err != nil {
		t.Error(err)
	}
	_ = tr.cmd.Wait() // the exit code tells
	return fmt.Sprintf("%d %s", tr.cmd.ProcessState.ExitCode(), strings.TrimSpace(tr.errors.String()))
}

// list has the CLI list the bucket, and returns its exit code and text.
func list(t *testing.T, l *lab.Lab, c *topology.Client) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/usr/bin/aws", "--region", "ap-northeast-1", "--cli-connect-timeout", "3", "--cli-read-timeout", "5", "s3", "ls", "s3://"+service.BigBucket)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := l.Start(c, cmd); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // the exit code tells
	return fmt.Sprintf("%d %s", cmd.ProcessState.ExitCode(), strings.Join(strings.Fields(out.String()), " "))
}
