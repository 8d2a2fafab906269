package proxy

import (
	"bytes"
	"encoding/base64"
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
	answer, early, err := head.ReadAnswer(o.tcp, c.policy.Config.Limits.Header)
	if err != nil {
		return c.dialRefusal(err, o.parent.Address, []netip.Addr{o.addr.Addr()})
	}
	if !head.Opens(answer) {
		line, _, _ := bytes.Cut(answer, crlf)
		return refusal{because: reason.New(reason.ParentRefuses, o.parent.Address, phrase.Text(string(line)))}
	}
	o.early = early
	_ = o.tcp.SetDeadline(time.Time{})
	return refusal{}
}

var crlf, crlfcrlf = []byte("\r\n"), []byte("\r\n\r\n")

// authorization is the header line with the parent's credentials, if it has any.
func authorization(p *config.Parent) string {
	if p.UserInfo == "" {
		return ""
	}
	return "Proxy-Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(p.UserInfo)) + "\r\n"
}
