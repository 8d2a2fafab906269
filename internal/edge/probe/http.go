package probe

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sort"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// response is an HTTP answer as far as it is looked at.
type response struct {
	status int
	line   string // "403 Forbidden"
	fields []string
	body   string // its beginning
}

// maxBody bounds what is read of an answer's body, maxHead what is read of its
// head.
const (
	maxBody = 2 << 10
	maxHead = 64 << 10
)

// exchange sends head and body and reads the answer, within limit. What it
// reads too much stays in t.br.
func (t *trip) exchange(ctx context.Context, limit time.Duration, head string, body []byte) (*response, facts.Outcome, error) {
	deadline := t.deadline(ctx, limit)
	conn := t.conn // the function below may run when t has hung up
	if err := conn.SetDeadline(deadline); err != nil {
		return nil, facts.Failed, err
	}
	defer conn.SetDeadline(time.Time{})
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if _, err := io.WriteString(conn, head); err != nil {
		return nil, outcomeOf(err), err
	}
	if len(body) > 0 {
		if _, err := conn.Write(body); err != nil && outcomeOf(err) == facts.Timeout {
			return nil, facts.Timeout, err // otherwise an answer may have come early
		}
	}
	top, err := readHead(t.br)
	if err != nil {
		return nil, httpOutcome(err), err
	}
	rest := bufio.NewReader(io.MultiReader(bytes.NewReader(top), t.br))
	resp, err := http.ReadResponse(rest, &http.Request{Method: method(head)})
	if err != nil {
		return nil, httpOutcome(err), err
	}
	defer resp.Body.Close()
	r := &response{status: resp.StatusCode, line: t.shown(strings.TrimSpace(resp.Status)), fields: t.fields(resp.Header)}
	if resp.StatusCode/100 != 2 || method(head) != http.MethodConnect {
		b, _ := io.ReadAll(io.LimitReader(resp.Body, maxBody)) // its beginning is enough, and so is what there is of it
		r.body = t.shown(strings.ToValidUTF8(string(b), "?"))
	}
	return r, facts.OK, nil
}

// errNotHTTP is an answer that is none.
var errNotHTTP = errors.New("no HTTP answer")

// readHead reads the head of an answer and leaves br behind it: in a tunnel,
// what follows is somebody else's.
func readHead(br *bufio.Reader) (head []byte, err error) {
	line := 0 // where it begins in head: one may come in several pieces
	for len(head) < maxHead {
		piece, err := br.ReadSlice('\n')
		head = append(head, piece...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case err != nil:
			return nil, err
		case !bytes.HasPrefix(head, []byte("HTTP/")):
			return nil, fmt.Errorf("%w: %.60q", errNotHTTP, head)
		case len(bytes.TrimRight(head[line:], "\r\n")) == 0:
			return head, nil
		default:
			line = len(head)
		}
	}
	return nil, fmt.Errorf("%w: a head of more than %d bytes", errNotHTTP, maxHead)
}

// deadline is the earlier of limit and ctx's own.
func (t *trip) deadline(ctx context.Context, limit time.Duration) time.Time {
	d := time.Now().Add(limit)
	if own, ok := ctx.Deadline(); ok && own.Before(d) {
		return own
	}
	return d
}

func method(head string) string {
	m, _, _ := strings.Cut(head, " ")
	return m
}

// httpOutcome is outcomeOf for what should have been an HTTP answer: what is no
// error of the network's is no HTTP.
func httpOutcome(err error) facts.Outcome {
	if o := outcomeOf(err); o != facts.Failed {
		return o
	}
	return facts.NotHTTP
}

// told are the fields of answers that say something to a diagnosis. The others
// may hold secrets.
var told = []string{
	"Server", "Via", "Date", "Content-Type", "Location", "Proxy-Authenticate", "X-Squid-Error", "X-Cache",
	"X-Deguchi-Reason", "X-Deguchi-Trace",
	"X-Amzn-Requestid", "X-Amz-Request-Id", "X-Amz-Id-2", "X-Amzn-Errortype", "X-Amz-Bucket-Region",
}

func (t *trip) fields(h http.Header) []string {
	var all []string
	for _, name := range told {
		for _, v := range h.Values(name) {
			all = append(all, name+": "+t.shown(v))
		}
	}
	sort.Strings(all)
	return all
}

// request is what a target is asked for: something to which AWS answers with an
// error of its own, without a signature.
func (t *trip) request(method string, fields string) string {
	path := t.target.RequestURI()
	if path == "/" && strings.HasPrefix(t.target.Host, "sts.") {
		path = "/?Action=GetCallerIdentity&Version=2011-06-15"
	}
	own := "User-Agent: " + agent + "\r\n"
	if t.errand.Way == facts.ByProxy && t.target.Scheme == "http" {
		path, own = "http://"+t.target.Host+path, t.proxyFields()
	}
	return method + " " + path + " HTTP/1.1\r\nHost: " + t.target.Host + "\r\n" + own + fields + "\r\n"
}

// talk speaks HTTP on the connection that open made: a request, and then, on
// connections of their own, a large one and a WebSocket.
func (t *trip) talk(ctx context.Context) {
	since := t.Now()
	resp, outcome, err := t.exchange(ctx, t.limits.Request, t.request(http.MethodGet, "Connection: close\r\n"), nil)
	if err != nil {
		t.add(facts.Request, since, outcome, err.Error())
		return
	}
	t.add(facts.Request, since, facts.OK, resp.line)
	t.tell(resp)
	if t.target.Scheme != "https" {
		return
	}
	if t.errand.Upgrade {
		t.again(ctx, t.upgrade)
	}
	if t.errand.Sign {
		t.again(ctx, t.identify)
	}
	if t.errand.Large {
		t.again(ctx, t.large)
	}
}

// again opens the way once more, telling only what fails on it.
func (t *trip) again(ctx context.Context, then func(context.Context)) {
	t.hangUp()
	t.quiet = true
	ok := t.open(ctx, false)
	t.quiet = false
	if ok {
		then(ctx)
	}
}

// largeBody is more than any path's MTU, and more than a first window.
const largeBody = 32 << 10

func (t *trip) large(ctx context.Context) {
	since := t.Now()
	head := t.request(http.MethodPost, "Connection: close\r\nContent-Type: application/octet-stream\r\nContent-Length: 32768\r\n")
	resp, outcome, err := t.exchange(ctx, t.limits.Request, head, make([]byte, largeBody))
	switch {
	case err != nil && outcome == facts.Timeout:
		t.add(facts.Body, since, facts.Timeout, err.Error())
	case err != nil: // it arrived, or was refused half-way: nothing stalled
		t.add(facts.Body, since, facts.OK, "")
	default:
		t.add(facts.Body, since, facts.OK, resp.line)
	}
}

// upgrade asks for a WebSocket as the SSM agent and the session plugin do.
func (t *trip) upgrade(ctx context.Context) {
	since := t.Now()
	head := "GET /v1/data-channel/" + agent + "?role=publish_subscribe HTTP/1.1\r\nHost: " + t.target.Host +
		"\r\nUser-Agent: " + agent + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Key: ZGVndWNoaS1kb2N0b3ItMQ==\r\n\r\n"
	resp, outcome, err := t.exchange(ctx, t.limits.Request, head, nil)
	if err != nil {
		t.add(facts.Upgrade, since, outcome, err.Error())
		return
	}
	t.add(facts.Upgrade, since, facts.OK, resp.line)
	t.tell(resp)
	if resp.status == http.StatusSwitchingProtocols && t.limits.Idle > 0 {
		t.idle(ctx)
	}
}

// idle leaves the connection alone and sees whether it is there afterwards.
func (t *trip) idle(ctx context.Context) {
	since := t.Now()
	conn := t.conn
	if err := conn.SetReadDeadline(t.deadline(ctx, t.limits.Idle)); err != nil {
		t.add(facts.Idle, since, facts.Failed, err.Error())
		return
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	_, err := t.br.ReadByte()
	switch {
	case err == nil, outcomeOf(err) == facts.Timeout:
		t.add(facts.Idle, since, facts.OK, "")
	default:
		t.add(facts.Idle, since, outcomeOf(err), err.Error())
	}
}
