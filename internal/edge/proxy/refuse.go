package proxy

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/phrase"
)

// refusal is a request that is not carried out.
type refusal struct {
	because reason.Because
	rule    string // name; empty if none decided
	ticket  string
}

func (r refusal) wire() reason.Code { return r.because.Code.Wire() }

// statuses maps every wire code that is answered to its status.
var statuses = map[reason.Code]int{
	reason.NoRule: 403, reason.RuleDenies: 403, reason.UnknownClient: 403,
	reason.LinkLocal: 403, reason.PrivateAddress: 403, reason.OwnAddress: 403, reason.SpecialAddress: 403,
	reason.BadName: 400, reason.BadRequest: 400, reason.HeaderTooLarge: 400,
	reason.DNSFail: 502, reason.ConnectRefused: 502, reason.ConnectFailed: 502,
	reason.ConnectTimeout: 504, reason.DNSTimeout: 504,
	reason.Overloaded: 503, reason.Draining: 503,
}

// status returns the HTTP status of the refusal.
func (r refusal) status() int {
	if s, ok := statuses[r.wire()]; ok {
		return s
	}
	return http.StatusForbidden
}

// answer is what the client is told: by phrase, for programs that print nothing
// else (Go's net/http), by header, for scripts, and by body, for people.
type answer struct {
	refusal
	trace  string
	method string
	target string
	client string
	json   bool
	lang   reason.Lang
}

func (a answer) phrase() string {
	ground := a.rule
	if ground == "" {
		ground = a.because.In(reason.English)
	}
	return "Blocked by Deguchi (" + string(a.wire()) + "; " + phrase.Text(ground) + "; trace " + a.trace + ")"
}

// refusalV1 is the JSON body of a refusal.
type refusalV1 struct {
	Schema  string `json:"schema"`
	Reason  string `json:"reason"`
	Because string `json:"because"`
	Rule    string `json:"rule,omitempty"`
	Ticket  string `json:"ticket,omitempty"`
	Client  string `json:"client,omitempty"`
	Method  string `json:"method,omitempty"`
	Target  string `json:"target,omitempty"`
	Trace   string `json:"trace"`
	Advice  string `json:"advice,omitempty"`
}

func (a answer) body() (contentType string, body []byte) {
	advice := reason.New(a.wire() + ".advice").In(a.lang)
	if a.json {
		body, err := json.Marshal(refusalV1{
			"deguchi/refusal/v1", string(a.wire()), a.because.In(a.lang), a.rule, a.ticket,
			a.client, a.method, a.target, a.trace, advice,
		})
		if err == nil {
			return "application/json", append(body, '\n')
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Deguchi: %s\n", a.because.In(a.lang))
	for _, line := range [][2]string{
		{"reason", string(a.wire())}, {"rule", a.rule}, {"ticket", a.ticket},
		{"request", strings.TrimSpace(a.method + " " + a.target)}, {"client", a.client}, {"trace", a.trace}, {"hint", advice},
	} {
		if line[1] != "" {
			fmt.Fprintf(&b, "%-8s %s\n", line[0]+":", strings.Map(printable, line[1]))
		}
	}
	return "text/plain; charset=utf-8", []byte(b.String())
}

func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return '?'
	}
	return r
}

// write sends the answer and says goodbye.
func (a answer) write(w io.Writer) error {
	contentType, body := a.body()
	var b []byte
	b = append(b, "HTTP/1.1 "+strconv.Itoa(a.status())+" "+a.phrase()+"\r\n"...)
	b = append(b, "Content-Type: "+contentType+"\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\n"...)
	b = append(b, "X-Deguchi-Reason: "+string(a.wire())+"\r\nX-Deguchi-Trace: "+a.trace+"\r\n"...)
	b = append(b, "Connection: close\r\n\r\n"...)
	if a.method != http.MethodHead {
		b = append(b, body...)
	}
	_, err := w.Write(b)
	return err
}

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
