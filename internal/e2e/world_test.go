package e2e

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/deguchi-project/deguchi/internal/edge/standin"
	"github.com/deguchi-project/deguchi/internal/requiretest"
)

// Tokyo and Osaka are where the rules of the tests have buckets.
const (
	tokyo = "ap-northeast-1"
	osaka = "ap-northeast-3"
)

// world is what a proxy stands between, apart from clients: AWS, a web server
// and a name server that knows where they are.
type world struct {
	dir   string
	aws   *standin.Server
	ca    string         // file with the CA of aws
	trust *tls.Config    // the same
	addr  netip.AddrPort // of aws; port 443 if this user may listen there
	web   *webServer
	names *nameServer
}

func newWorld() (w *world, err error) {
	w = &world{}
	if w.dir, err = os.MkdirTemp("", "deguchi-e2e-*"); err != nil {
		return nil, err
	}
	w.aws, err = standin.New(standin.Options{
		Dir:        w.dir,
		Buckets:    map[string]string{"corp-reports": tokyo, "corp-osaka": osaka, "corp-backup": tokyo, "somebody-elses": tokyo},
		Instances:  []standin.Instance{{ID: "i-0123456789abcdef0", Address: "10.20.1.5", Platform: "Linux"}},
		Parameters: map[string]string{"/corp/greeting": "hello"},
	})
	if err != nil {
		return nil, err
	}
	w.ca = filepath.Join(w.dir, "ca.pem")
	if err := os.WriteFile(w.ca, w.aws.CA(), 0o600); err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(w.aws.CA())
	w.trust = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}

	secure, plain, err := listenAsAWS()
	if err != nil {
		return nil, err
	}
	w.addr = secure.Addr().(*net.TCPAddr).AddrPort()
	w.aws.Serve(secure)
	w.web = newWebServer(plain)
	w.names, err = newNameServer(w.addr.Addr())
	return w, err
}

// listenAsAWS listens on 443 and 80 of an address that nobody else has, or on
// any ports where these take root.
func listenAsAWS() (secure, plain net.Listener, err error) {
	addr := fmt.Sprintf("127.77.%d.%d", rand.IntN(256), 1+rand.IntN(254))
	for _, ports := range [][2]string{{"443", "80"}, {"0", "0"}} {
		if secure, err = net.Listen("tcp", net.JoinHostPort(addr, ports[0])); err == nil {
			plain, err = net.Listen("tcp", net.JoinHostPort(addr, ports[1]))
		}
		if !errors.Is(err, syscall.EACCES) {
			break
		}
	}
	return secure, plain, err
}

func (w *world) end() {
	_ = w.aws.Close()
	w.web.close()
	w.names.close()
	_ = os.RemoveAll(w.dir)
}

// wellKnownPorts skips the test unless AWS is where URLs expect it.
func (w *world) wellKnownPorts(t *testing.T) {
	t.Helper()
	requiretest.That(t, w.addr.Port() == 443, "port 443 of a loopback address: root, or a user namespace")
}

// at returns host:port of an AWS name.
func (w *world) at(host string) string { return fmt.Sprintf("%s:%d", host, w.addr.Port()) }

// webServer is a web server that remembers what it was asked.
type webServer struct {
	http *http.Server
	port uint16
	done sync.WaitGroup

	mu    sync.Mutex
	asked []*http.Request
}

// pages are what webServer has; the last one makes a Debian repository of it.
var pages = map[string]string{
	"/hello":            "hello\n",
	"/debian/Packages":  "Package: corp-tools\nVersion: 1.0\nArchitecture: all\nFilename: corp-tools.deb\nSize: 0\n\n",
	"/rpm/repomd.xml":   "<repomd/>\n",
	"/one/megabyte.bin": strings.Repeat("0123456789abcdef", 1<<16),
}

func newWebServer(ln net.Listener) *webServer {
	s := &webServer{port: ln.Addr().(*net.TCPAddr).AddrPort().Port()}
	s.http = &http.Server{Handler: s, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	s.done.Go(func() { _ = s.http.Serve(ln) })
	return s
}

func (s *webServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, r)
	s.mu.Unlock()
	page, ok := pages[path.Clean(r.URL.Path)] // apt asks for /debian/./Packages
	if !ok {
		http.NotFound(w, r)
		return
	}
	_, _ = w.Write([]byte(page))
}

// last returns the last request for page.
func (s *webServer) last(page string) *http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.asked) - 1; i >= 0; i-- {
		if path.Clean(s.asked[i].URL.Path) == page {
			return s.asked[i]
		}
	}
	return nil
}

func (s *webServer) close() {
	_ = s.http.Close()
	s.done.Wait()
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
