package admin

import (
	"bufio"
	"net"
	"sync"

	"github.com/deguchi-project/deguchi/internal/edge/proxy/sender"
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
// The deadline is the server's: it has set one for the head of the request.
type skipped struct {
	net.Conn
	br   *bufio.Reader
	once sync.Once
	err  error
}

func (s *skipped) Read(b []byte) (int, error) {
	s.once.Do(func() {
		s.err = sender.Skip(s.br)
	})
	if s.err != nil {
		return 0, s.err
	}
	return s.br.Read(b)
}
