package probe

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// prober carries out the errands of one plan.
type prober struct {
	World
	limits  Limits
	allowed map[string]bool // host:port that was announced
	pools   []pool
}

// maxAddresses bounds how many addresses of a name are dialled.
const maxAddresses = 8

// trip is one attempt under way: its record, and how far it got.
type trip struct {
	*prober
	facts.Attempt
	errand diagnose.Errand
	target *url.URL
	conn   net.Conn
	br     *bufio.Reader // of conn
	quiet  bool          // a way that is known is gone again: only its end is told
}

// attempt carries e out.
func (p *prober) attempt(ctx context.Context, e diagnose.Errand) facts.Attempt {
	t := &trip{prober: p, errand: e}
	t.Attempt = facts.Attempt{Way: e.Way, URL: e.URL, Proxy: e.Proxy, At: p.Now()}
	target, err := url.Parse(e.URL)
	if err != nil {
		t.add(facts.Resolve, time.Time{}, facts.Failed, err.Error())
		return t.Attempt
	}
	t.target = target
	switch {
	case e.Token:
		t.metadata(ctx)
	case t.open(ctx, true):
		t.talk(ctx)
	}
	t.hangUp()
	return t.Attempt
}

// hangUp closes the connection, if there is one.
func (t *trip) hangUp() {
	if t.conn != nil {
		_ = t.conn.Close() // what it had to say was read
		t.conn, t.br = nil, nil
	}
}

// add records a step that began at since. A quiet trip records failures only.
func (t *trip) add(phase facts.Phase, since time.Time, outcome facts.Outcome, detail string) {
	if t.quiet && outcome == facts.OK {
		return
	}
	took := int64(0)
	if !since.IsZero() {
		took = t.Now().Sub(since).Milliseconds()
	}
	t.Steps = append(t.Steps, facts.Step{Phase: phase, Outcome: outcome, TookMS: took, Detail: t.shown(detail)})
}

// shown is a text without secrets, and without the password that the proxy was
// sent: there are proxies that give it back.
func (t *trip) shown(text string) string {
	text = diag.Redact(text)
	if u := t.errand.Auth; u != nil {
		if password, _ := u.Password(); password != "" {
			text = strings.NewReplacer(basic(u), "***", password, "***").Replace(text)
		}
	}
	return text
}

// open goes as far as the connection on which HTTP is spoken with the target.
// verdict says whether to record how TLS went.
func (t *trip) open(ctx context.Context, classicToo bool) bool {
	if !t.reach(ctx) {
		return false
	}
	if t.errand.Way == facts.ByProxy {
		if strings.HasPrefix(t.errand.Proxy, "https://") && !t.proxyTLS(ctx) {
			return false
		}
		if t.target.Scheme == "https" && !t.connect(ctx) {
			return false
		}
	}
	return t.target.Scheme != "https" || t.secure(ctx, classicToo)
}

// first is the address that is dialled: the proxy's, or the target's.
func (t *trip) first() string {
	if t.errand.Way == facts.ByProxy {
		return diagnose.Address(t.errand.Proxy)
	}
	return diagnose.Address(t.errand.URL)
}

// reach resolves and dials the first host on the way. A proxy is dialled on all
// its addresses: a load balancer may have a dead zone.
func (t *trip) reach(ctx context.Context) bool {
	address := t.first()
	if !t.allowed[address] {
		t.add(facts.Dial, time.Time{}, facts.Failed, address+" was not announced")
		return false
	}
	name, port, err := net.SplitHostPort(address)
	if err != nil {
		t.add(facts.Dial, time.Time{}, facts.Failed, err.Error())
		return false
	}
	addrs, ok := t.resolve(ctx, name)
	if !ok {
		return false
	}
	for _, addr := range addrs[:min(len(addrs), maxAddresses)] {
		conn := t.dial(ctx, net.JoinHostPort(addr.String(), port))
		switch {
		case conn == nil:
		case t.conn == nil:
			t.conn, t.br = conn, bufio.NewReader(conn)
		default:
			_ = conn.Close() // it answers: that was the question
		}
		if t.conn != nil && (t.errand.Way == facts.Direct || t.quiet) {
			break
		}
	}
	return t.conn != nil
}

func (t *trip) resolve(ctx context.Context, name string) ([]netip.Addr, bool) {
	since := t.Now()
	if addr, err := netip.ParseAddr(name); err == nil {
		t.add(facts.Resolve, since, facts.OK, addr.String())
		return []netip.Addr{addr}, true
	}
	ctx, cancel := context.WithTimeout(ctx, t.limits.Resolve)
	defer cancel()
	addrs, err := t.Lookup(ctx, name)
	if err == nil && len(addrs) == 0 {
		err = &net.DNSError{Err: "no addresses", Name: name, IsNotFound: true}
	}
	if err != nil {
		t.add(facts.Resolve, since, outcomeOf(err), err.Error())
		return nil, false
	}
	var texts []string
	for i := range addrs {
		addrs[i] = addrs[i].Unmap()
		texts = append(texts, addrs[i].String())
	}
	t.add(facts.Resolve, since, facts.OK, strings.Join(texts, " "))
	return addrs, true
}

func (t *trip) dial(ctx context.Context, address string) net.Conn {
	since := t.Now()
	limit := t.limits.Dial
	if t.errand.Token && t.errand.Way == facts.Direct {
		limit = t.limits.Metadata
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	conn, err := t.Dial(ctx, address)
	if err != nil {
		t.add(facts.Dial, since, outcomeOf(err), address)
		return nil
	}
	t.add(facts.Dial, since, facts.OK, address)
	return conn
}

// connect asks the proxy for the target.
func (t *trip) connect(ctx context.Context) bool {
	since := t.Now()
	address := diagnose.Address(t.errand.URL)
	head := "CONNECT " + address + " HTTP/1.1\r\nHost: " + address + "\r\n" + t.proxyFields() + "\r\n"
	resp, outcome, err := t.exchange(ctx, t.limits.Connect, head, nil)
	if err != nil {
		t.add(facts.Connect, since, outcome, err.Error())
		return false
	}
	if resp.status/100 == 2 {
		t.add(facts.Connect, since, facts.OK, resp.line)
		return true
	}
	t.add(facts.Connect, since, facts.Answered, resp.line)
	t.tell(resp)
	return false
}

// agent is what the probe calls itself.
const agent = "deguchi-doctor"

// proxyFields are the fields for the proxy.
func (t *trip) proxyFields() string {
	fields := "User-Agent: " + agent + "\r\nAccept: application/json\r\n"
	if u := t.errand.Auth; u != nil {
		fields += "Proxy-Authorization: Basic " + basic(u) + "\r\n"
	}
	return fields
}

// basic is how u is sent.
func basic(u *url.Userinfo) string {
	password, _ := u.Password()
	return base64.StdEncoding.EncodeToString([]byte(u.Username() + ":" + password))
}

// tell adds what an HTTP answer said to the last step.
func (t *trip) tell(r *response) {
	if len(t.Steps) == 0 {
		return
	}
	s := &t.Steps[len(t.Steps)-1]
	s.Fields, s.Body = r.fields, r.body
}

// metadata asks the metadata service for a token, and, where it gives one
// directly, whether there is a role. The token is forgotten at once, and a
// proxy is asked for no more than whether it would.
func (t *trip) metadata(ctx context.Context) {
	byProxy := t.errand.Way == facts.ByProxy
	limit, prefix, more := t.limits.Metadata, "", ""
	if byProxy {
		limit, prefix, more = t.limits.Connect, "http://"+t.target.Host, t.proxyFields()
	}
	if !t.reach(ctx) {
		return
	}
	since := t.Now()
	head := fmt.Sprintf("PUT %s/latest/api/token HTTP/1.1\r\nHost: %s\r\n%sContent-Length: 0\r\nX-aws-ec2-metadata-token-ttl-seconds: 60\r\n\r\n",
		prefix, t.target.Host, more)
	resp, outcome, err := t.exchange(ctx, limit, head, nil)
	if err != nil {
		t.add(facts.Token, since, outcome, err.Error())
		return
	}
	token := resp.body
	if resp.status == 200 {
		resp.body = ""
	}
	t.add(facts.Token, since, facts.OK, resp.line)
	if resp.status != 200 {
		t.Steps[len(t.Steps)-1].Outcome = facts.Answered
	}
	t.tell(resp)
	if resp.status != 200 || byProxy {
		return
	}
	t.hangUp()
	if t.quiet = true; !t.reach(ctx) {
		return
	}
	t.quiet, since = false, t.Now()
	resp, outcome, err = t.exchange(ctx, limit, "GET /latest/meta-data/iam/security-credentials/ HTTP/1.1\r\nHost: "+t.target.Host+
		"\r\nX-aws-ec2-metadata-token: "+oneWord(token)+"\r\n\r\n", nil)
	if err != nil {
		t.add(facts.Role, since, outcome, err.Error())
		return
	}
	t.add(facts.Role, since, facts.OK, resp.line)
	if resp.status != 200 {
		t.Steps[len(t.Steps)-1].Outcome = facts.Answered
	}
}

// oneWord keeps a token from being more than one.
func oneWord(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 0x7f {
			return -1
		}
		return r
	}, s)
}
