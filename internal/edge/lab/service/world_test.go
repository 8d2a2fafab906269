package service

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/deguchi-project/deguchi/internal/model/topology"
	"github.com/deguchi-project/deguchi/internal/requiretest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// awsCLI is Debian's, which does not change under us.
const awsCLI = "/usr/bin/aws"

// parsed is a topology that must be sound.
func parsed(t testing.TB, text string) *topology.Topology {
	t.Helper()
	topo, problems := topology.Parse("lab.yaml", []byte(text), topology.Options{})
	for _, p := range problems {
		t.Fatalf("%+v", p)
	}
	return topo
}

// listen returns a listener of the loopback interface.
func listen(t testing.TB) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

// ledger keeps what services told of.
type ledger[V any] struct {
	mu  sync.Mutex
	all []V
}

func (l *ledger[V]) add(v V) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, v)
}

// take returns what was told since the last time.
func (l *ledger[V]) take() []V {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := l.all
	l.all = nil
	return all
}

// tunnels is a proxy that connects whatever it is asked for to one address, so
// that programs need no name server.
func tunnels(t testing.TB, to func(host string) string) string {
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
	if err != nil || r.Method != http.MethodConnect {
		return
	}
	host, _, _ := net.SplitHostPort(r.Host)
	out, err := net.Dial("tcp", to(host))
	if err != nil {
		_, _ = io.WriteString(conn, "HTTP/1.1 502 Bad Gateway\r\n\r\n")
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

// run is a program that has ended.
type run struct {
	out, err string
	code     int
}

func (r run) String() string { return fmt.Sprintf("exit code %d\n%s%s", r.code, r.out, r.err) }

// program runs a program with nothing of this machine's configuration but env.
func program(t testing.TB, env []string, name string, args ...string) run {
	t.Helper()
	path := requiretest.Program(t, name)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append([]string{
		"PATH=/usr/bin:/bin", "HOME=" + t.TempDir(), "LC_ALL=C.UTF-8", "AWS_DEFAULT_REGION=ap-northeast-1",
		"AWS_MAX_ATTEMPTS=1", "AWS_PAGER=",
	}, env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); cmd.ProcessState == nil || ctx.Err() != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, stderr.String())
	}
	return run{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// file writes a file that lasts as long as the test.
func file(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
