// Package answer writes what a client is told whose request is refused.
package answer

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/phrase"
)

// statuses maps every wire code that is answered to its status.
var statuses = map[reason.Code]int{
	reason.NoRule: 403, reason.RuleDenies: 403, reason.UnknownClient: 403,
	reason.LinkLocal: 403, reason.PrivateAddress: 403, reason.OwnAddress: 403, reason.SpecialAddress: 403,
	reason.BadName: 400, reason.BadRequest: 400, reason.HeaderTooLarge: 400,
	reason.DNSFail: 502, reason.ConnectRefused: 502, reason.ConnectFailed: 502,
	reason.ConnectTimeout: 504, reason.DNSTimeout: 504,
	reason.Overloaded: 503, reason.Draining: 503,
}

// Status returns the HTTP status of a refusal for wire. What is never answered has
// that of a denial.
func Status(wire reason.Code) int {
	if s, ok := statuses[wire]; ok {
		return s
	}
	return http.StatusForbidden
}

// Answer is what the client is told: by phrase, for programs that print nothing
// else (Go's net/http), by header, for scripts, and by body, for people.
type Answer struct {
	Because reason.Because
	Rule    string // name; empty if none decided
	Ticket  string
	Trace   string
	Method  string
	Target  string
	Client  string
	JSON    bool
	Lang    reason.Lang
}

func (a *Answer) wire() reason.Code { return a.Because.Code.Wire() }

func (a *Answer) phrase() string {
	ground := a.Rule
	if ground == "" {
		ground = a.Because.In(reason.English)
	}
	return "Blocked by Deguchi (" + string(a.wire()) + "; " + phrase.Text(ground) + "; trace " + a.Trace + ")"
}

// V1 is the JSON body of a refusal.
type V1 struct {
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

func (a *Answer) body() (contentType string, body []byte) {
	advice := reason.New(a.wire() + ".advice").In(a.Lang)
	if a.JSON {
		body, err := json.Marshal(V1{
			"deguchi/refusal/v1", string(a.wire()), a.Because.In(a.Lang), a.Rule, a.Ticket,
			a.Client, a.Method, a.Target, a.Trace, advice,
		})
		if err == nil {
			return "application/json", append(body, '\n')
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Deguchi: %s\n", a.Because.In(a.Lang))
	for _, line := range [][2]string{
		{"reason", string(a.wire())}, {"rule", a.Rule}, {"ticket", a.Ticket},
		{"request", strings.TrimSpace(a.Method + " " + a.Target)}, {"client", a.Client}, {"trace", a.Trace}, {"hint", advice},
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

// Write sends the answer.
func (a *Answer) Write(w io.Writer) error {
	contentType, body := a.body()
	var b []byte
	b = append(b, "HTTP/1.1 "+strconv.Itoa(Status(a.wire()))+" "+a.phrase()+"\r\n"...)
	b = append(b, "Content-Type: "+contentType+"\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\n"...)
	b = append(b, "X-Deguchi-Reason: "+string(a.wire())+"\r\nX-Deguchi-Trace: "+a.Trace+"\r\n"...)
	b = append(b, "Connection: close\r\n\r\n"...)
	if a.Method != http.MethodHead {
		b = append(b, body...)
	}
	_, err := w.Write(b)
	return err
}
