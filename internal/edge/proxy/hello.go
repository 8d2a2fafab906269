package proxy

import (
	"errors"
	"io"
	"os"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/tlshello"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/phrase"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// hello looks at the first bytes of a tunnel to port 443: they must be a TLS
// ClientHello for the host of the CONNECT, or a rule for one host would open
// the way to another behind the same address. It returns what it has read,
// which is good until the next read.
func (c *conn) hello(a *admitted) ([]byte, refusal) {
	sni := c.policy.Config.SNI
	if !wantsHello(c.policy.Config, a.port) {
		b, _ := c.br.Peek(c.br.Buffered())
		return b, refusal{}
	}
	c.deadline(c.policy.Config.Limits.HeaderTimeout)
	for {
		b, _ := c.br.Peek(c.br.Buffered())
		need, bad := a.look(b, sni)
		if need == 0 {
			return b, bad
		}
		for c.br.Buffered() < need { // asking sooner is of no use
			if err := c.more(tlshello.MaxHello); err != nil {
				return nil, c.noHello(a, err, c.br.Buffered())
			}
		}
	}
}

// look judges b, what the client has sent so far. It takes at least need bytes to
// tell; 0 if that is done.
func (a *admitted) look(b []byte, sni config.SNI) (need int, bad refusal) {
	h, state, err := tlshello.Parse(b)
	switch {
	case state == tlshello.NotTLS && errors.Is(err, tlshello.ErrNotTLS) && sni == config.SNIMatchIfPresent:
		return 0, refusal{}
	case state == tlshello.NotTLS:
		return 0, notTLS(a)
	case state == tlshello.Done && err == nil && matches(h, a.target, sni):
		return 0, refusal{}
	case state == tlshello.Done:
		return 0, refusal{because: reason.New(reason.SNIMismatch, a.host.String(), helloName(h, err))}
	}
	return max(h.Need, len(b)+1), refusal{}
}

func notTLS(a *admitted) refusal { return refusal{because: reason.New(reason.NotTLS, a.host.String())} }

// noHello says why no ClientHello came: nothing at all is a client that opened
// a tunnel and left, which is no offence.
func (c *conn) noHello(a *admitted, err error, got int) refusal {
	if got == 0 && errors.Is(err, io.EOF) {
		return refusal{because: reason.New(reason.NoHello, a.host.String())}
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return refusal{because: reason.New(reason.SlowHello, a.host.String(), c.policy.Config.Limits.HeaderTimeout.String())}
	}
	return notTLS(a)
}

// matches reports whether h is a handshake with the target. A literal has no
// name to show (RFC 6066 section 3), so none may be shown.
func matches(h tlshello.Hello, t target, sni config.SNI) bool {
	if !h.HasSNI {
		return t.host.IsAddr() || sni == config.SNIMatchIfPresent
	}
	return !t.host.IsAddr() && strings.TrimSuffix(h.ServerName, ".") == t.host.Name
}

func helloName(h tlshello.Hello, err error) string {
	switch {
	case err != nil:
		return err.Error()
	case !h.HasSNI:
		return "no name"
	}
	return phrase.Text(h.ServerName)
}
