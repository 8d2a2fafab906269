package tlshello

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// wire is a connection that plays bytes and keeps what is written.
type wire struct {
	net.Conn
	in  io.Reader
	out bytes.Buffer
}

func (w *wire) Read(b []byte) (int, error)  { return w.in.Read(b) }
func (w *wire) Write(b []byte) (int, error) { return w.out.Write(b) }
func (w *wire) Close() error                { return nil }
func (w *wire) LocalAddr() net.Addr         { return &net.TCPAddr{} }
func (w *wire) RemoteAddr() net.Addr        { return &net.TCPAddr{} }
func (w *wire) SetDeadline(time.Time) error { return nil }

// clientHello is what a crypto/tls client with configuration c sends first.
func clientHello(c *tls.Config) []byte {
	w := &wire{in: strings.NewReader("")}
	_ = tls.Client(w, c).Handshake()
	return w.out.Bytes()
}

// serverSees is the name that a crypto/tls server finds in b, and whether it
// takes b for a complete ClientHello.
func serverSees(b []byte) (name string, ok bool) {
	stop := errors.New("seen")
	_ = tls.Server(&wire{in: bytes.NewReader(b)}, &tls.Config{
		GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
			name, ok = h.ServerName, true
			return nil, stop
		},
	}).Handshake()
	return name, ok
}

func TestParseReadsHellosOfCryptoTLS(t *testing.T) {
	tests := map[string]*tls.Config{
		"TLS 1.2":            {ServerName: "ssm.ap-northeast-1.amazonaws.com", MaxVersion: tls.VersionTLS12},
		"TLS 1.3":            {ServerName: "ssm.ap-northeast-1.amazonaws.com", MinVersion: tls.VersionTLS13},
		"post-quantum key":   {ServerName: "s3.amazonaws.com", CurvePreferences: []tls.CurveID{tls.X25519MLKEM768}},
		"no name":            {InsecureSkipVerify: true},
		"many protocols":     {ServerName: "a.example", NextProtos: strings.Split(strings.Repeat("proto ", 500)+"h2", " ")},
		"an address, unsent": {ServerName: "192.0.2.1"},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			b := clientHello(c)
			want, ok := serverSees(b)
			h, s, err := Parse(b)
			if !ok || s != Done || err != nil || h.ServerName != want || h.HasSNI != (want != "") {
				t.Errorf("Parse(%d bytes) = %+v, %v, %v; crypto/tls reads %q, %v", len(b), h, s, err, want, ok)
			}
		})
	}
}

// What a server would act on, Parse knows, or it refuses: no bytes make a server
// see one name while we see another.
func FuzzParseAgreesWithCryptoTLS(f *testing.F) {
	f.Add(clientHello(&tls.Config{ServerName: "a.example"}))
	f.Add(hello(sni("a.example", "b.example")))
	f.Add(records(message(grease, sni("A.example")), 9))
	f.Add(hello(ext(0, vec(2, []byte{1, 0, 1, 'a'}))))
	f.Add([]byte("GET / HTTP/1.1"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, s, err := Parse(b)
		if h.Need != 0 && (s != More || h.Need <= len(b)) || h.ServerName != "" && !h.HasSNI {
			t.Errorf("Parse(%x) = %+v, %v, %v contradicts itself", b, h, s, err)
		}
		name, ok := serverSees(b)
		if !ok || s != Done || err != nil {
			if ok && s == More {
				t.Errorf("Parse(%x) waits for more; crypto/tls reads %q", b, name)
			}
			return
		}
		if h.ServerName != strings.ToLower(name) {
			t.Errorf("Parse(%x) = %+v; crypto/tls reads %q", b, h, name)
		}
	})
}

// A message comes out of records as it went in, however it is cut, unless it
// becomes too long by that.
func FuzzRecordsDoNotMatter(f *testing.F) {
	f.Add(message(grease, sni("a.example")), 3)
	f.Fuzz(func(t *testing.T, msg []byte, size int) {
		if len(msg) > 2000 {
			return
		}
		size = 1 + int(uint(size)%500)
		whole, s, err := Parse(records(msg, maxRecord))
		cut, cs, cerr := Parse(records(msg, size))
		if errors.Is(cerr, ErrTooLong) { // the headers of records count
			return
		}
		whole.Need, cut.Need = 0, 0
		if whole != cut || s != cs || !errors.Is(cerr, err) {
			t.Errorf("Parse(%x) = %+v, %v, %v; in records of %d: %+v, %v, %v", msg, whole, s, err, size, cut, cs, cerr)
		}
	})
}
