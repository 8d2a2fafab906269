package program

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/deguchi-project/deguchi/internal/edge/lab/service"
	"github.com/deguchi-project/deguchi/internal/engine/route/target"
	"github.com/deguchi-project/deguchi/internal/model/topology"
	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// goClient in the environment makes the test program a Go client.
const goClient = "DEGUCHI_TEST_GO_CLIENT"

func TestMain(m *testing.M) {
	if os.Getenv(goClient) != "" {
		os.Exit(Main(context.Background(), os.Args[1:], os.Stdout))
	}
	goleak.VerifyTestMain(m)
}

// world is AWS behind a proxy of ours.
type world struct {
	aws   *service.AWS
	ca    string
	proxy string

	mu       sync.Mutex
	records  []service.Record
	connects []string
}

const vpce = "vpce-0123456789abcdef0-abcd1234.ssm.ap-northeast-1.vpce.amazonaws.com"

func newWorld(t *testing.T) *world {
	t.Helper()
	topo, problems := topology.Parse("t.yaml", []byte(`version: 1
vpcs:
  app:
    region: ap-northeast-1
    cidr: 10.0.0.0/16
    subnets: {a: {cidr: 10.0.0.0/24}}
    endpoints: {ssm: {interface: ssm, subnets: [a], dns_name: `+vpce+`}}
`), topology.Options{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	w := &world{}
	var err error
	w.aws, err = service.NewAWS(service.AWSOptions{Topology: topo, Dir: t.TempDir(), Hosts: []string{"www.example.com"}, Record: func(r service.Record) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.records = append(w.records, r)
	}})
	if err != nil {
		t.Fatal(err)
	}
	ln := listen(t)
	w.aws.Serve(ln, service.Entry{})
	t.Cleanup(func() { _ = w.aws.Close() })
	w.ca = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(w.ca, w.aws.CA(), 0o600); err != nil {
		t.Fatal(err)
	}
	w.proxy = proxy(t, func(host string) string {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.connects = append(w.connects, host)
		return ln.Addr().String()
	})
	return w
}

// took returns what was asked since the last time.
func (w *world) took() (connects []string, records []service.Record) {
	w.mu.Lock()
	defer w.mu.Unlock()
	connects, records = w.connects, w.records
	w.connects, w.records = nil, nil
	return connects, records
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

// proxy is one that connects where to says, or answers what to says, if that is
// a status line.
func proxy(t *testing.T, to func(host string) string) string {
	t.Helper()
	ln := listen(t)
	var done sync.WaitGroup
	done.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			done.Go(func() { tunnel(conn, to) })
		}
	})
	t.Cleanup(func() { _ = ln.Close(); done.Wait() })
	return "http://" + ln.Addr().String()
}

func tunnel(conn net.Conn, to func(host string) string) {
	defer conn.Close()
	br := bufio.NewReader(conn)
	r, err := http.ReadRequest(br)
	if err != nil {
		return
	}
	host, _, _ := net.SplitHostPort(r.Host)
	at := to(host)
	if strings.HasPrefix(at, "HTTP/") {
		_, _ = io.WriteString(conn, at+"\r\nContent-Length: 0\r\n\r\n")
		return
	}
	out, err := net.Dial("tcp", at)
	if err != nil {
		return
	}
	defer out.Close()
	_, _ = io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n")
	var done sync.WaitGroup
	done.Go(func() { _, _ = io.Copy(out, br); _ = out.(*net.TCPConn).CloseWrite() })
	_, _ = io.Copy(conn, out)
	_ = conn.Close()
	done.Wait()
}

// request is one for url with an action, empty for what the URL tells.
func (w *world) request(t *testing.T, url, action string) Request {
	t.Helper()
	u, ok := topology.ParseURL(url)
	if !ok {
		t.Fatalf("%q is no URL", url)
	}
	q := topology.Request{URL: u}
	if action != "" {
		q.Action = topology.Setting[string]{V: action, State: topology.Written}
	}
	asked := target.Of(q)
	if asked.VPCE {
		asked.AWS, asked.Service, asked.Region, asked.Action = true, "ssm", "ap-northeast-1", "ssm:"
	}
	return Request{URL: u, Asked: asked, Key: w.aws.Issue(service.Identity{Account: "main", Role: "app"}), Self: []string{os.Args[0]}}
}

func (w *world) environ(t *testing.T, r Request, proxy string) []string {
	env := []string{
		"PATH=/usr/bin:/bin", "HOME=" + t.TempDir(), "LC_ALL=C.UTF-8", "AWS_MAX_ATTEMPTS=1", "AWS_PAGER=", goClient + "=1",
		"AWS_EC2_METADATA_DISABLED=true", "AWS_CA_BUNDLE=" + w.ca, "CURL_CA_BUNDLE=" + w.ca, "SSL_CERT_FILE=" + w.ca, "REQUESTS_CA_BUNDLE=" + w.ca,
	}
	if proxy != "" {
		env = append(env, "https_proxy="+proxy, "HTTPS_PROXY="+proxy)
	}
	return append(env, r.Key.Environ()...)
}

// run runs p as its environment has it.
func run(t *testing.T, p Program, env []string, r Request) (exit int, output string) {
	t.Helper()
	command, ok := Command(p, r)
	if !ok {
		t.Fatalf("%s has no command for %s of %s", p, r.Asked.Action, r.URL)
	}
	if p == Python {
		command[0] = "/usr/bin/python3"
		requires(t, "requests")
	}
	requiretest.Program(t, command[0])
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	if p == AWS {
		cmd = exec.CommandContext(ctx, requiretest.Program(t, "/usr/bin/aws"), command[1:]...)
	}
	cmd.Env = env
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil || ctx.Err() != nil {
		t.Fatalf("%q: %v\n%s", command, err, out)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// requires asks for a module of Debian's Python.
func requires(t *testing.T, module string) {
	t.Helper()
	err := exec.CommandContext(t.Context(), requiretest.Program(t, "/usr/bin/python3"), "-c", "import "+module).Run()
	requiretest.That(t, err == nil, "the Python module "+module)
}

var programs = []Program{AWS, Curl, Go, Python}

// TestCommand has each program ask for exactly what it was told to.
func TestCommand(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		url, action string
		want        string // recorded; empty is action
		not         []Program
	}{
		{"https://reports.s3.ap-northeast-1.amazonaws.com/", "", "s3:ListBucket", nil},
		{"https://reports.s3.us-east-1.amazonaws.com/", "", "s3:ListBucket", nil},
		{"https://a.b.s3.us-east-1.amazonaws.com/", "", "s3:ListBucket", []Program{AWS}},
		{"https://reports.s3.dualstack.ap-northeast-1.amazonaws.com/", "", "s3:ListBucket", []Program{AWS}},
		{"https://s3.dualstack.ap-northeast-1.amazonaws.com/reports", "", "s3:ListBucket", nil},
		{"https://s3.ap-northeast-1.amazonaws.com/", "", "s3:ListAllMyBuckets", nil},
		{"https://s3.ap-northeast-1.amazonaws.com/reports/k", "s3:PutObject", "", nil},
		{"https://reports.s3.ap-northeast-1.amazonaws.com/k", "s3:PutObject", "", nil},
		{"https://reports.s3.ap-northeast-1.amazonaws.com/k", "s3:DeleteObject", "", nil},
		{"https://ssm.ap-northeast-1.amazonaws.com/", "ssm:GetParameter", "", nil},
		{"https://ssm-fips.us-east-1.amazonaws.com/", "ssm:GetParameter", "", nil},
		{"https://" + vpce + "/", "", "", []Program{Curl, Go, Python}},
		{"https://sts.amazonaws.com/", "sts:GetCallerIdentity", "", []Program{Curl, Go, Python}},
		{"https://www.example.com/", "", "", []Program{AWS}},
	} {
		for _, p := range programs {
			t.Run(string(p)+" "+tt.url+" "+tt.action, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				r := w.request(t, tt.url, tt.action)
				if slices.Contains(tt.not, p) {
					if c, ok := Command(p, r); ok && p == AWS {
						t.Errorf("the CLI is said to ask for that by %q", c)
					}
					return
				}
				exit, out := run(t, p, w.environ(t, r, w.proxy), r)
				if exit != 0 && (p == AWS || r.Asked.Service == "s3") { // the others send no arguments to services of JSON
					t.Errorf("exit code %d: %s", exit, out)
				}
				connects, records := w.took()
				if slices.ContainsFunc(connects, func(host string) bool { return host != r.URL.Hostname() }) || len(connects) == 0 || len(records) == 0 {
					t.Fatalf("it connected to %q, and AWS has %d requests", connects, len(records))
				}
				want := tt.want
				if want == "" {
					want = tt.action
				}
				if got := records[len(records)-1]; want != "" && got.Asked.Action != want || got.KeyID != r.Key.KeyID && r.Asked.AWS {
					t.Errorf("it asked for %s with key %s, want %s with %s", got.Asked.Action, got.KeyID, want, r.Key.KeyID)
				}
			})
		}
	}
}

// TestOperations has the CLI take every command of the table, all in one
// process: starting it takes longer than what it does.
func TestOperations(t *testing.T) {
	t.Parallel()
	requires(t, "awscli.clidriver")
	w := newWorld(t)
	var commands [][]string
	actions := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(operations)) {
		service, operation, _ := strings.Cut(name, ":")
		host := map[string]string{"cloudwatch": "monitoring", "ecr.api": "api.ecr"}[service]
		if host == "" {
			host = service
		}
		url := "https://" + host + ".ap-northeast-1.amazonaws.com/"
		if service == "iam" {
			url = "https://iam.amazonaws.com/"
		}
		action := ""
		if operation != "" {
			action = name
		}
		r := w.request(t, url, action)
		command, ok := Command(AWS, r)
		if !ok {
			t.Errorf("no command for %s", name)
			continue
		}
		commands, actions[strings.Join(command, " ")] = append(commands, command[1:]), name
	}
	in, err := json.Marshal(commands)
	if err != nil {
		t.Fatal(err)
	}
	script := `import json, sys
from awscli.clidriver import create_clidriver
for words in json.load(sys.stdin):
    try:
        code = create_clidriver().main(words)
    except SystemExit as end:
        code = end.code
    sys.stdout.flush()
    print("\n@@", code, " ".join(words), file=sys.stderr, flush=True)
`
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/usr/bin/python3", "-c", script)
	cmd.Env, cmd.Stdin = w.environ(t, w.request(t, "https://sts.amazonaws.com/", ""), w.proxy), bytes.NewReader(in)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if n := bytes.Count(out, []byte("\n@@ 0 ")); n < len(commands)-1 { // a command may mind that there is nothing in its answer
		t.Errorf("%d of %d commands ended well:\n%s", n, len(commands), out)
	}
	_, records := w.took()
	seen := map[string]bool{}
	for _, r := range records {
		seen[r.Asked.Action] = true
	}
	for name := range operations {
		if strings.Contains(name, ":") && !seen[name] {
			t.Errorf("nobody asked for %s; asked for: %v", name, slices.Sorted(maps.Keys(seen)))
		}
	}
}

// TestPhases makes the faults of the table, and reads what real programs print.
func TestPhases(t *testing.T) {
	t.Parallel()
	for _, fault := range []struct {
		why   string
		proxy func(t *testing.T, w *world) string
		trust bool
		url   string
		want  Phase
		first []Program // who tells it as the likeliest
	}{
		{"the proxy refuses", func(t *testing.T, _ *world) string {
			return proxy(t, func(string) string { return "HTTP/1.1 403 Forbidden" })
		}, true, "", Proxy, programs},
		{"the proxy's name is none", func(*testing.T, *world) string { return "http://proxy.invalid:3128" }, true, "", Lookup, []Program{Curl, Go, Python}},
		{"nobody listens there", func(t *testing.T, _ *world) string {
			ln := listen(t)
			defer ln.Close()
			return "http://" + ln.Addr().String()
		}, true, "", Connect, []Program{Curl, Go, Python}},
		{"no proxy, and nobody there", func(*testing.T, *world) string { return "" }, true, "closed", Connect, programs},
		{"another's certificate", func(_ *testing.T, w *world) string { return w.proxy }, false, "", TLS, programs},
		{"an error of the service", func(_ *testing.T, w *world) string { return w.proxy }, true, "https://reports.s3.ap-northeast-1.amazonaws.com/none", HTTP, programs},
	} {
		for _, p := range programs {
			t.Run(string(p)+" "+fault.why, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t)
				url := fault.url
				switch url {
				case "":
					url = "https://ssm.ap-northeast-1.amazonaws.com/"
				case "closed":
					ln := listen(t)
					url = "https://" + ln.Addr().String() + "/"
					_ = ln.Close()
				}
				r := w.request(t, url, "")
				if r.Asked.Literal.IsValid() { // the CLI asks there, too, if one tells it
					r.Asked.AWS, r.Asked.Service, r.Asked.Region, r.Asked.Action = true, "sts", "ap-northeast-1", "sts:GetCallerIdentity"
				}
				env := w.environ(t, r, fault.proxy(t, w))
				if !fault.trust {
					other := newWorld(t)
					for i := range env {
						env[i] = strings.ReplaceAll(env[i], w.ca, other.ca)
					}
				}
				exit, out := run(t, p, env, r)
				got := Phases(p, exit, out)
				if !slices.Contains(got, fault.want) || slices.Contains(fault.first, p) && got[0] != fault.want {
					t.Errorf("exit code %d, phases %v, want %s:\n%s", exit, got, fault.want, out)
				}
			})
		}
	}
}

// ExamplePhases is the CLI's most ambiguous text.
func ExamplePhases() {
	fmt.Println(Phases(AWS, 255, `Failed to connect to proxy URL: "http://proxy:3128"`))
	fmt.Println(Phases(AWS, 0, ""))
	// Output:
	// [proxy connect lookup]
	// []
}

func TestPhasesOfTexts(t *testing.T) {
	for _, tt := range []struct {
		p    Program
		exit int
		text string
		want Phase
	}{
		{AWS, 253, "Unable to locate credentials. You can configure credentials by running \"aws configure\".", Credentials},
		{AWS, 255, `Connect timeout on endpoint URL: "https://s3.ap-northeast-3.amazonaws.com/"`, Connect},
		{AWS, 255, `Read timeout on endpoint URL: "https://s3.ap-northeast-3.amazonaws.com/"`, Proxy},
		{AWS, 254, "An error occurred (AccessDenied) when calling the ListObjectsV2 operation: Access Denied", HTTP},
		{AWS, 1, "fatal error: An error occurred (403) when calling the HeadObject operation: Forbidden", HTTP},
		{Curl, 28, "curl: (28) Connection timed out after 4001 milliseconds", Connect},
		{Curl, 6, "curl: (6) Could not resolve host: x", Lookup},
		{Go, 2, "failed: tls: x509: certificate signed by unknown authority\n", TLS},
		{Python, 1, "403", HTTP},
	} {
		if got := Phases(tt.p, tt.exit, tt.text); len(got) == 0 || got[0] != tt.want {
			t.Errorf("%s, %d, %q: %v, want %s", tt.p, tt.exit, tt.text, got, tt.want)
		}
	}
}
