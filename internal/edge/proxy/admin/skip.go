package admin

import (
	"bufio"
	"net"
	"sync"
	"time"

	"github.com/deguchi-project/deguchi/internal/edge/proxy"
)

// skipper is a listener whose connections may begin with a PROXY header, which
// is read and forgotten. Whom the admin listener trusts is decided by the TCP
// peer alone.
type skipper struct{ net.Listener }

func (s skipper) Accept() (net.Conn, error) {
	c, err := s.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &skipped{Conn: c, br: bufio.NewReaderSize(c, 4<<10)}, nil
}

// skipped looks for the header at the first read, so that Accept never waits.
type skipped struct {
	net.Conn
	br   *bufio.Reader
	once sync.Once
	err  error
}

func (s *skipped) Read(b []byte) (int, error) {
	s.once.Do(func() {
		_ = s.Conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		s.err = proxy.SkipHeader(s.br)
		_ = s.Conn.SetReadDeadline(time.Time{})
	})
	if s.err != nil {
		return 0, s.err
	}
	return s.br.Read(b)
}
