package proxy

import (
	"io"
	"net"
	"strconv"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/answer"
)

// refusal is a request that is not carried out.
type refusal struct {
	because reason.Because
	rule    string // name; empty if none decided
	ticket  string
}

func (r refusal) wire() reason.Code { return r.because.Code.Wire() }

// status returns the HTTP status of the refusal.
func (r refusal) status() int { return answer.Status(r.wire()) }

// goodbye closes c so that what was written last arrives: a socket that is
// closed with unread bytes sends a reset, which can overtake the answer.
func goodbye(c *net.TCPConn) {
	if err := c.CloseWrite(); err == nil {
		if err := c.SetReadDeadline(time.Now().Add(lingerTime)); err == nil {
			// What the client still sends does not matter, nor how it ends.
			_, _ = io.CopyN(io.Discard, c, lingerBytes)
		}
	}
	_ = c.Close()
}

// How long and how much goodbye waits for the client to hang up.
const (
	lingerTime  = time.Second
	lingerBytes = 256 << 10
)

// sizeText is a number of bytes as configurations write it.
func sizeText(n int) string {
	if n%1024 == 0 {
		return strconv.Itoa(n/1024) + "KiB"
	}
	return strconv.Itoa(n) + "B"
}
