package proxy

import (
	"bytes"
	"encoding/base64"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/dial"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/head"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/phrase"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// reachParent connects to the parent proxy p and, for a tunnel, asks it for
// one. The name of the host is not resolved here; the parent's own is, and may
// be private, but nothing else that is always refused.
func (c *conn) reachParent(until *dial.Until, a *admitted, p *config.Parent) (*origin, refusal) {
	name, portText, err := net.SplitHostPort(p.Address)
	port, err2 := strconv.ParseUint(portText, 10, 16)
	host, err3 := netset.ParseHost(name)
	if err != nil || err2 != nil || err3 != nil {
		return nil, refusal{because: reason.New(reason.ConnectFailed, p.Address, "not host:port")}
	}
	addrs, bad := c.lookup(until, host.Addr, host.String())
	if !bad.because.IsZero() {
		return nil, bad
	}
	if because := c.policy.Rules.ParentAnswer(addrs, c.s.own.Contains); !because.IsZero() {
		return nil, refusal{because: because}
	}
	o, err := connectTo(until, addrs, uint16(port))
	if err != nil {
		return nil, c.dialRefusal(err, p.Address, addrs)
	}
	o.parent = p
	if a.method != "CONNECT" {
		return o, refusal{}
	}
	if bad := c.tunnelThrough(until, o, a); !bad.because.IsZero() {
		_ = o.tcp.Close()
		return nil, bad
	}
	return o, refusal{}
}

// tunnelThrough sends CONNECT to the parent o and reads its answer.
func (c *conn) tunnelThrough(until *dial.Until, o *origin, a *admitted) refusal {
	end, _ := until.Deadline()
	_ = o.tcp.SetDeadline(end)
	stop := until.AfterFunc(func() { _ = o.tcp.SetDeadline(time.Now()) })
	defer stop()
	authority := net.JoinHostPort(a.host.String(), strconv.Itoa(int(a.port)))
	request := "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n" + authorization(o.parent) + "\r\n"
	if _, err := o.tcp.Write([]byte(request)); err != nil {
		return c.dialRefusal(err, o.parent.Address, []netip.Addr{o.addr.Addr()})
	}
	answer, early, err := readAnswer(o.tcp, c.policy.Config.Limits.Header)
	if err != nil {
		return c.dialRefusal(err, o.parent.Address, []netip.Addr{o.addr.Addr()})
	}
	if !opens(answer) {
		line, _, _ := bytes.Cut(answer, crlf)
		return refusal{because: reason.New(reason.ParentRefuses, o.parent.Address, phrase.Text(string(line)))}
	}
	o.early = early
	_ = o.tcp.SetDeadline(time.Time{})
	return refusal{}
}

// errAnswerBareLF is an answer with a line that two readers end at two places.
var errAnswerBareLF = errors.New("a line of the answer ends in a bare LF")

// opens reports whether answer says that the tunnel stands: HTTP/1.x 2xx.
func opens(answer []byte) bool {
	return len(answer) > 12 && bytes.HasPrefix(answer, []byte("HTTP/1.")) && answer[8] == ' ' && answer[9] == '2' &&
		isDigit(answer[7]) && isDigit(answer[10]) && isDigit(answer[11]) && (answer[12] == ' ' || answer[12] == '\r')
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// readAnswer reads the head of a response, and what came with it.
func readAnswer(conn net.Conn, limit int) (answer, early []byte, err error) {
	b := make([]byte, 0, 1024)
	for {
		// As strict as with a request: where a head ends must not be a matter of
		// opinion when a tunnel begins there.
		if n, bad := head.End(b); bad != "" {
			return nil, nil, errAnswerBareLF
		} else if n > 0 {
			return b[:n], b[n:], nil
		}
		if len(b) >= limit {
			return nil, nil, errAnswerTooLong
		}
		if len(b) == cap(b) {
			b = append(make([]byte, 0, 2*cap(b)), b...)
		}
		n, err := conn.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err != nil {
			return nil, nil, err
		}
	}
}

var crlf, crlfcrlf = []byte("\r\n"), []byte("\r\n\r\n")

// authorization is the header line with the parent's credentials, if it has any.
func authorization(p *config.Parent) string {
	if p.UserInfo == "" {
		return ""
	}
	return "Proxy-Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(p.UserInfo)) + "\r\n"
}
