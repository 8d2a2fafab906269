package facts

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// transcript is what curl said of one attempt: collectors pass it on as it is,
// and what it means is decided here. Sources: curl(1), "EXIT CODES" and
// "--write-out"; the lines that --verbose marks with * and <.
type transcript struct {
	way   Way
	url   string
	proxy string
	at    time.Time
	phase Phase // what came after TLS: Request, Upgrade, Body, Token or Role
	exit  int
	// Seconds until each phase was over; 0 if it never was.
	lookup, dial, tls, answer float64
	connect, status           int // statuses of CONNECT and of the answer
	remote                    string
	notes                     []string   // lines with *
	answers                   [][]string // status line and fields of each answer
	foreign                   bool       // what came first was no HTTP
	issuer                    string
	classic                   bool // a smaller ClientHello got an answer
	body                      []string
}

// read reads a line that a collector wrote below "curl".
func (t *transcript) read(line string) {
	name, value, _ := strings.Cut(line, " ")
	switch name {
	case "proxy":
		t.proxy = value
	case "at":
		if seconds, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64); err == nil {
			t.at = time.Unix(seconds, 0).UTC()
		}
	case "phase":
		t.phase = Phase(value)
	case "exit":
		t.exit, _ = strconv.Atoi(strings.TrimSpace(value)) // 0 where curl was not understood: its lines still tell
	case "times":
		t.times(strings.Fields(value))
	case "classic":
		t.classic = true
	case "issuer":
		t.issuer = strings.TrimSpace(value)
	case "body":
		t.body = append(t.body, value)
	case "*":
		t.notes = append(t.notes, value)
	case "<":
		t.reply(value)
	}
}

// times reads the seconds and statuses of --write-out.
func (t *transcript) times(words []string) {
	for i, to := range []*float64{&t.lookup, &t.dial, &t.tls, &t.answer} {
		if i < len(words) {
			*to, _ = strconv.ParseFloat(strings.Replace(words[i], ",", ".", 1), 64) // old curls write the locale's comma
		}
	}
	for i, to := range []*int{&t.connect, &t.status} {
		if 4+i < len(words) {
			*to, _ = strconv.Atoi(words[4+i])
		}
	}
	if len(words) > 6 {
		t.remote = words[6]
	}
}

// reply reads a line of an HTTP answer.
func (t *transcript) reply(line string) {
	if strings.HasPrefix(line, "HTTP/") {
		_, status, _ := strings.Cut(line, " ")
		t.answers = append(t.answers, []string{strings.TrimSpace(status)})
	} else if n := len(t.answers); strings.TrimSpace(line) == "" {
		return
	} else if n == 0 {
		t.foreign = true
	} else {
		t.answers[n-1] = append(t.answers[n-1], strings.TrimSpace(line))
	}
}

// Exit codes of curl.
const (
	curlProxyName  = 5
	curlHostName   = 6
	curlDial       = 7
	curlTimeout    = 28
	curlHandshake  = 35
	curlEmpty      = 52
	curlUntrusted  = 60
	curlBadCA      = 77
	curlNotSecure  = 1 // a protocol that it does not speak: HTTP/0.9 for an answer
	curlWeirdReply = 8
)

// attempt tells the phases apart.
func (t *transcript) attempt() Attempt {
	a := Attempt{Way: t.way, URL: t.url, Proxy: t.proxy, At: t.at}
	for _, phase := range []func() (Step, bool){t.resolved, t.dialled, t.proxySpoken, t.connected, t.secured, t.answered} {
		s, more := phase()
		if s.Phase != "" {
			a.Steps = append(a.Steps, s)
		}
		if !more {
			break
		}
	}
	if t.classic && !a.In(TLS, OK) {
		a.Steps = append(a.Steps, Step{Phase: TLSClassic, Outcome: OK})
	}
	return a
}

// merge adds what a later attempt on the same way found to the first one: a
// collector asks curl once for each request.
func merge(attempts []Attempt, next Attempt) []Attempt {
	for i := range attempts {
		a := &attempts[i]
		if a.Way != next.Way || a.URL != next.URL || a.Proxy != next.Proxy {
			continue
		}
		if _, known := a.Step(next.Last().Phase); !known {
			a.Steps = append(a.Steps, next.Last())
		}
		return attempts
	}
	return append(attempts, next)
}

func (t *transcript) secure() bool { return strings.HasPrefix(t.url, "https://") }

func ms(from, to float64) int64 { return int64((to - from) * 1000) }

func (t *transcript) resolved() (Step, bool) {
	s := Step{Phase: Resolve, Outcome: OK, TookMS: ms(0, t.lookup)}
	switch {
	case t.exit == curlProxyName || t.exit == curlHostName:
		s.Outcome, s.Detail = NotFound, t.said("resolve")
		return s, false
	case t.exit == curlTimeout && t.said("Resolving timed out") != "":
		s.Outcome = Timeout
		return s, false
	}
	if t.remote != "" {
		s.Detail = t.remote
	}
	return s, true
}

func (t *transcript) dialled() (Step, bool) {
	s := Step{Phase: Dial, Outcome: OK, TookMS: ms(t.lookup, t.dial), Detail: t.remote}
	if t.dial > 0 || t.connect > 0 || t.status > 0 || t.said("Connected to ") != "" {
		return s, true // time_connect is 0 in curls that wait for the proxy, too
	}
	switch {
	case t.exit == curlTimeout:
		s.Outcome = Timeout
	case t.exit == curlDial:
		s.Outcome = t.how(Refused)
	default:
		return s, true
	}
	s.Detail = t.last()
	return s, false
}

// proxySpoken is TLS to a proxy with the scheme https.
func (t *transcript) proxySpoken() (Step, bool) {
	if !strings.HasPrefix(t.proxy, "https://") || t.connect > 0 || t.status > 0 {
		return Step{}, true
	}
	s := Step{Phase: ProxyTLS, Outcome: OK, Detail: t.last()}
	switch t.exit {
	case curlHandshake:
		s.Outcome = t.how(NotTLS)
	case curlUntrusted:
		s.Outcome = Untrusted
	default:
		return Step{}, true
	}
	return s, false
}

func (t *transcript) connected() (Step, bool) {
	if t.way != ByProxy || !t.secure() {
		return Step{}, true
	}
	s := Step{Phase: Connect}
	if len(t.answers) > 0 {
		s.Outcome, s.Detail, s.Fields = Answered, t.answers[0][0], t.answers[0][1:]
		s.TookMS = ms(t.dial, t.answer)
		if s.Status()/100 == 2 {
			s.Outcome, s.TookMS = OK, 0
			return s, true
		}
		s.Body = strings.Join(t.body, "\n")
		return s, false
	}
	s.Detail = t.last()
	if t.foreign {
		s.Outcome = NotHTTP
		return s, false
	}
	switch t.exit {
	case 0:
		return s, true
	case curlTimeout:
		s.Outcome = Timeout
	case curlNotSecure, curlWeirdReply:
		s.Outcome = NotHTTP
	default:
		s.Outcome = t.how(Closed)
	}
	return s, false
}

func (t *transcript) secured() (Step, bool) {
	if !t.secure() {
		return Step{}, true
	}
	s := Step{Phase: TLS, Outcome: OK, TookMS: ms(t.dial, t.tls), Detail: t.issuer}
	if t.tls > 0 || t.replies() > 0 {
		return s, true
	}
	switch t.exit {
	case curlUntrusted:
		s.Outcome = Untrusted
		if t.said("not yet valid") != "" || t.said("certificate has expired") != "" {
			s.Detail += "; " + OutOfTime
		}
		return s, false
	case curlTimeout:
		s.Outcome = Timeout
	case curlBadCA:
		s.Outcome = Failed
	default:
		s.Outcome = t.how(Closed)
	}
	s.Detail = t.last()
	return s, false
}

// replies is how many answers came after that to CONNECT.
func (t *transcript) replies() int {
	if t.way == ByProxy && t.secure() {
		return len(t.answers) - 1
	}
	return len(t.answers)
}

func (t *transcript) answered() (Step, bool) {
	s := Step{Phase: t.phase, TookMS: ms(max(t.tls, t.dial), t.answer)}
	if s.Phase == "" {
		s.Phase = Request
	}
	if t.replies() > 0 {
		last := t.answers[len(t.answers)-1]
		s.Outcome, s.Detail, s.Fields, s.Body = OK, last[0], last[1:], strings.Join(t.body, "\n")
		if (s.Phase == Token || s.Phase == Role) && s.Status() != 200 {
			s.Outcome = Answered
		}
		return s, true
	}
	s.Detail = t.last()
	switch t.exit {
	case curlTimeout:
		s.Outcome = Timeout
	case curlEmpty:
		s.Outcome = Closed
	case curlNotSecure, curlWeirdReply:
		s.Outcome = NotHTTP
	default:
		s.Outcome = t.how(Closed)
	}
	return s, true
}

// how tells an outcome from curl's words, which are never translated; usual is
// what it is without any.
func (t *transcript) how(usual Outcome) Outcome {
	for _, w := range []struct {
		words string
		is    Outcome
	}{
		{"wrong version number", NotTLS},
		{"packet length too long", NotTLS},
		{"unsupported protocol", NotTLS},
		{"reset by peer", Reset},
		{"unexpected eof", Closed},
		{"connection refused", Refused},
		{"no route to host", Unreachable},
		{"network is unreachable", Unreachable},
		{"timed out", Timeout},
	} {
		if t.said(w.words) != "" {
			return w.is
		}
	}
	return usual
}

// said returns the last note with words in it, or "".
func (t *transcript) said(words string) string {
	words = strings.ToLower(words)
	for _, n := range slices.Backward(t.notes) {
		if strings.Contains(strings.ToLower(n), words) {
			return n
		}
	}
	return ""
}

// last is the last note that is about what went wrong.
func (t *transcript) last() string {
	for _, n := range slices.Backward(t.notes) {
		if !strings.HasPrefix(n, "Clos") && !strings.HasPrefix(n, "shutting") && !strings.HasPrefix(n, "TLSv") {
			return n
		}
	}
	return ""
}
