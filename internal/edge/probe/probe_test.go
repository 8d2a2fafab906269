package probe

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/environ"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const sts = "https://sts.ap-northeast-1.amazonaws.com/"

// pipes is a world without a network: dial hands out one end of a pipe, and
// answer has the other.
func pipes(t *testing.T, answer func(net.Conn)) (World, *[]string) {
	t.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	dialed := &[]string{}
	t.Cleanup(wg.Wait)
	return World{
		OS: "linux", Root: fstest.MapFS{}, Now: time.Now,
		Lookup: func(_ context.Context, name string) ([]netip.Addr, error) {
			if name == "proxy.example" {
				return []netip.Addr{netip.MustParseAddr("10.0.0.5")}, nil
			}
			return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
		},
		Dial: func(_ context.Context, address string) (net.Conn, error) {
			mu.Lock()
			*dialed = append(*dialed, address)
			mu.Unlock()
			here, there := net.Pipe()
			wg.Go(func() {
				defer there.Close()
				answer(there)
			})
			return here, nil
		},
	}, dialed
}

// plan is one errand by a proxy, with its contact announced.
func plan(e diagnose.Errand, contacts ...string) diagnose.Plan {
	p := diagnose.Plan{Errands: []diagnose.Errand{e}}
	for _, c := range contacts {
		p.Contacts = append(p.Contacts, diagnose.Contact{Address: c, Asked: true})
	}
	return p
}

var byProxy = diagnose.Errand{Way: facts.ByProxy, URL: sts, Proxy: "http://proxy.example:3128"}

// TestNobodyUnannounced: the dialer itself refuses what the plan did not name.
func TestNobodyUnannounced(t *testing.T) {
	w, dialed := pipes(t, func(net.Conn) {})
	f := &facts.Sheet{}
	Run(t.Context(), w, Usual, f, plan(byProxy, "other.example:3128"), nil)
	if len(*dialed) > 0 {
		t.Errorf("dialled %q without an announcement", *dialed)
	}
	if len(f.Attempts) != 1 || !f.Attempts[0].In(facts.Dial, facts.Failed) {
		t.Errorf("attempts: %+v", f.Attempts)
	}
}

// TestEveryWaitEnds runs against a proxy that accepts and never answers, by a
// clock that costs nothing: the limits hold exactly, and one hears of the wait.
func TestEveryWaitEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := pipes(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
		f := &facts.Sheet{}
		var waits []int
		began := time.Now()
		Run(t.Context(), w, Usual, f, plan(byProxy, "proxy.example:3128"), func(e []diagnose.Errand) { waits = append(waits, len(e)) })
		if took := time.Since(began); took != Usual.Connect {
			t.Errorf("ended after %v, want %v", took, Usual.Connect)
		}
		if !f.Attempts[0].In(facts.Connect, facts.Timeout) {
			t.Errorf("attempt: %+v", f.Attempts[0])
		}
		if len(waits) < 4 || slices.Max(waits) != 1 {
			t.Errorf("in %v it was said %v times that one waits", Usual.Connect, waits)
		}
	})
}

// TestCancel: who gives up is not kept waiting.
func TestCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, _ := pipes(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		Run(ctx, w, Usual, &facts.Sheet{}, plan(byProxy, "proxy.example:3128"), nil)
		if took := time.Since(began); took != time.Second {
			t.Errorf("ended %v after the second that was given", took)
		}
	})
}

// TestAnswerWithoutEnd is a proxy that never stops talking: what is read of it
// is bounded.
func TestAnswerWithoutEnd(t *testing.T) {
	w, _ := pipes(t, func(c net.Conn) {
		buf := make([]byte, 1024)
		_, _ = c.Read(buf)
		_, _ = io.WriteString(c, "HTTP/1.1 403 Forbidden\r\nServer: chatter\r\n\r\n")
		for {
			if _, err := c.Write(buf); err != nil {
				return
			}
		}
	})
	f := &facts.Sheet{}
	Run(t.Context(), w, Usual, f, plan(byProxy, "proxy.example:3128"), nil)
	s, ok := f.Attempts[0].Step(facts.Connect)
	if !ok || s.Status() != 403 || len(s.Body) != maxBody {
		t.Errorf("step: %s, status %d, %d bytes of body; want 403 with %d", s.Outcome, s.Status(), len(s.Body), maxBody)
	}
}

// TestEcho is a proxy that gives back what it was sent: its password stays out
// of the record, in every form.
func TestEcho(t *testing.T) {
	w, _ := pipes(t, func(c net.Conn) {
		buf := make([]byte, 1024)
		n, _ := c.Read(buf)
		_, _ = io.WriteString(c, "HTTP/1.1 403 No, user:p@ss#word\r\nServer: knows p@ss#word\r\n\r\np@ss#word, dXNlcjpwQHNzI3dvcmQ=, "+string(buf[:n]))
	})
	e := byProxy
	e.Auth = url.UserPassword("user", "p@ss#word")
	f := &facts.Sheet{}
	Run(t.Context(), w, Usual, f, plan(e, "proxy.example:3128"), nil)
	s, ok := f.Attempts[0].Step(facts.Connect)
	if text := fmt.Sprint(s); !ok || s.Status() != 403 || strings.Contains(text, "p@ss#word") || strings.Contains(text, "dXNlcjpwQHNzI3dvcmQ=") {
		t.Errorf("step %v: want 403 without the password", s)
	}
}

// TestReadHead: the head is read, nothing behind it, and no more than is right.
func TestReadHead(t *testing.T) {
	for why, tt := range map[string]struct{ in, head, rest string }{
		"a tunnel":            {"HTTP/1.1 200 OK\r\n\r\n\x16\x03", "HTTP/1.1 200 OK\r\n\r\n", "\x16\x03"},
		"fields, and bare LF": {"HTTP/1.0 403 No\nServer: x\n\nbody", "HTTP/1.0 403 No\nServer: x\n\n", "body"},
		"a greeting of SSH":   {"SSH-2.0-OpenSSH\r\n", "", ""},
		"the end":             {"HTTP/1.1 200 OK\r\n", "", ""},
		"no end":              {"HTTP/1.1 200 OK\r\n" + strings.Repeat("a", 2*maxHead), "", ""},
	} {
		br := bufio.NewReader(strings.NewReader(tt.in))
		head, err := readHead(br)
		if string(head) != tt.head || (err == nil) != (tt.head != "") {
			t.Errorf("%s: readHead = %q, %v; want %q", why, head, err, tt.head)
		}
		if rest, _ := io.ReadAll(br); err == nil && string(rest) != tt.rest {
			t.Errorf("%s: %q was left, want %q", why, rest, tt.rest)
		}
	}
}

func TestOutcomes(t *testing.T) {
	for why, tt := range map[string]struct {
		err  error
		want facts.Outcome
	}{
		"no such name":            {&net.DNSError{IsNotFound: true}, facts.NotFound},
		"a name server is silent": {&net.DNSError{IsTimeout: true}, facts.Timeout},
		"a deadline":              {context.DeadlineExceeded, facts.Timeout},
		"refused":                 {&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, facts.Refused},
		"the end":                 {io.ErrUnexpectedEOF, facts.Closed},
		"anything else":           {errors.New("?"), facts.Failed},
	} {
		if got := outcomeOf(tt.err); got != tt.want {
			t.Errorf("%s: outcomeOf(%v) = %s, want %s", why, tt.err, got, tt.want)
		}
	}
}

// TestUnitFiles: systemd's order of folders and names.
func TestUnitFiles(t *testing.T) {
	w := World{OS: "linux", Root: fstest.MapFS{
		"usr/lib/systemd/system/app.service":             {Data: []byte("[Service]\nEnvironment=http_proxy=vendor\nEnvironment=DB_PASSWORD=secret\n")},
		"usr/lib/systemd/system/app.service.d/20-b.conf": {Data: []byte("[Service]\nEnvironment=http_proxy=masked\n")},
		"etc/systemd/system/app.service.d/20-b.conf":     {Data: []byte("[Service]\nEnvironment=http_proxy=b\nEnvironmentFile=/etc/default/app\n")},
		"run/systemd/system/app.service.d/10-a.conf":     {Data: []byte("[Service]\nEnvironment=http_proxy=a\n")},
		"etc/systemd/system/app.service.d/notes.txt":     {Data: []byte("Environment=http_proxy=none\n")},
		"etc/default/app": {Data: []byte("no_proxy=x\nSECRET_TOKEN=y\n")},
	}, Now: time.Now}
	f := &facts.Sheet{Subject: facts.Subject{Kind: facts.Unit, Name: "app"}}
	if err := Collect(t.Context(), w, f); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range f.Sources {
		names = append(names, string(s.Form)+" "+s.Name)
		if text := strings.Join(s.Lines, "\n"); strings.Contains(text, "PASSWORD") || strings.Contains(text, "TOKEN") {
			t.Errorf("%s was collected with a secret: %q", s.Name, s.Lines)
		}
	}
	want := []string{
		"unit-file /usr/lib/systemd/system/app.service", "unit-file /run/systemd/system/app.service.d/10-a.conf",
		"unit-file /etc/systemd/system/app.service.d/20-b.conf", "env-file /etc/default/app", "log /etc/systemd/system/app.service.d/notes.txt",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"http_proxy": "b", "no_proxy": "x"}, environ.Variables(f)); diff != "" {
		t.Errorf("variables (-want +got):\n%s", diff)
	}
}

// settings is a value WinHttpSettings.
func settings(flags uint32, parts ...string) []byte {
	b := binary.LittleEndian.AppendUint32(nil, 0x28)
	b = binary.LittleEndian.AppendUint32(b, 0)
	b = binary.LittleEndian.AppendUint32(b, flags)
	for _, p := range parts {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(p)))
		b = append(b, p...)
	}
	return b
}

// TestWinHTTP reads what "netsh winhttp set proxy" writes.
func TestWinHTTP(t *testing.T) {
	for why, tt := range map[string]struct {
		in   []byte
		want []string
	}{
		"a proxy with exceptions": {settings(3, "h:3128", "169.254.169.254;<local>"), []string{"ProxyServer=h:3128", "ProxyOverride=169.254.169.254;<local>"}},
		"direct":                  {settings(1, "", ""), nil},
		"cut off":                 {settings(3, "h:3128")[:18], nil},
		"a length that lies":      {append(settings(3), 0xff, 0xff, 0xff, 0x7f), nil},
		"nothing":                 {nil, nil},
	} {
		if diff := cmp.Diff(tt.want, winHTTP(tt.in)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", why, diff)
		}
	}
}

// FuzzWinHTTP: what was put into a value comes out of it, whatever follows it,
// and a value that is cut off says no more than it holds.
func FuzzWinHTTP(f *testing.F) {
	f.Add("h:3128", "169.254.169.254;<local>", uint16(0))
	f.Add("", "x", uint16(17))
	f.Fuzz(func(t *testing.T, proxy, except string, cut uint16) {
		proxy, except = strings.TrimRight(proxy, "\x00"), strings.TrimRight(except, "\x00")
		var want []string
		if proxy != "" {
			want = append(want, "ProxyServer="+proxy)
		}
		if except != "" {
			want = append(want, "ProxyOverride="+except)
		}
		b := settings(3, proxy, except)
		if diff := cmp.Diff(want, winHTTP(append(slices.Clone(b), 1, 2, 3, 4))); diff != "" {
			t.Errorf("%q (-want +got):\n%s", b, diff)
		}
		for _, line := range winHTTP(b[:min(int(cut), len(b))]) {
			if !slices.Contains(want, line) {
				t.Errorf("%q in the first %d bytes of %q", line, cut, b)
			}
		}
	})
}

// FuzzReadHead: what is read as a head and what stays behind are what came, and
// net/http ends the head of an answer at the same place.
func FuzzReadHead(f *testing.F) {
	for _, s := range []string{
		"HTTP/1.1 200 OK\r\nX: y\r\n\r\nbanner", "HTTP/1.0 200\n\nbanner", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\n\r\n\r\nx", "SSH-2.0-x\r\n", "HTTP/",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, came []byte) {
		br := bufio.NewReaderSize(bytes.NewReader(came), 16)
		head, err := readHead(br)
		if err != nil {
			return
		}
		rest, _ := io.ReadAll(br)
		if string(head)+string(rest) != string(came) {
			t.Fatalf("%q became %q and %q", came, head, rest)
		}
		theirs := bufio.NewReader(bytes.NewReader(came))
		if _, err := http.ReadResponse(theirs, &http.Request{Method: http.MethodConnect}); err != nil {
			return // it may want more of a head
		}
		if left, _ := io.ReadAll(theirs); !bytes.Equal(left, rest) {
			t.Fatalf("%q: %q follows the head, to net/http %q", came, rest, left)
		}
	})
}

// TestHere collects from the machine that the test runs on.
func TestHere(t *testing.T) {
	w := Here("linux")
	w.Home = t.TempDir()
	if err := os.MkdirAll(filepath.Join(w.Home, ".aws"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(w.Home, ".aws/config"), []byte("[default]\nregion = ap-northeast-3\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.Environ = []string{"https_proxy=http://p:1", "HOME=/", "AWS_SECRET_ACCESS_KEY=x"}
	f := &facts.Sheet{Subject: facts.Subject{Kind: facts.Shell}}
	if err := Collect(t.Context(), w, f); err != nil {
		t.Fatal(err)
	}
	if f.Region != "ap-northeast-3" {
		t.Errorf("region = %q, want that of the configuration", f.Region)
	}
	s, _ := f.Source(facts.Environ, "environment")
	if diff := cmp.Diff([]string{"AWS_SECRET_ACCESS_KEY=***", "https_proxy=http://p:1"}, s.Lines); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
}
