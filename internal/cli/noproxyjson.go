package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
)

// noproxyJSON is the answer of "deguchi noproxy test --json URL...".
type noproxyJSON struct {
	Programs []programJSON    `json:"programs"`
	Answers  []routeOfProgram `json:"answers"`
}

// programJSON is what is known of a program.
type programJSON struct {
	ID          string          `json:"id"`
	Name        string          `json:"name"`
	Version     string          `json:"version,omitempty"`
	Family      string          `json:"family"`
	Level       string          `json:"level"` // measured or documented
	Source      string          `json:"source,omitempty"`
	Credentials credentialsJSON `json:"credentials_through_proxy"`
}

type credentialsJSON struct {
	Instance  bool `json:"instance"`
	Container bool `json:"container"`
}

// routeOfProgram is one answer, and a line of "deguchi noproxy test --json -".
type routeOfProgram struct {
	Program string      `json:"program"`
	Target  string      `json:"target"`
	Route   noproxy.Way `json:"route"`
	Proxy   string      `json:"proxy"`
	Entry   string      `json:"entry"`
	Because string      `json:"because"`
}

// noproxyQuestion is a line of the input of "deguchi noproxy test --json -".
type noproxyQuestion struct {
	Program   string       `json:"program"`
	Vars      noproxy.Vars `json:"vars"`
	Target    string       `json:"target"`
	Addresses []netip.Addr `json:"addresses"`
}

func (s *session) noproxyJSON(answers []programAnswers, urls []string) noproxyJSON {
	var doc noproxyJSON
	for _, a := range answers {
		p := a.program
		doc.Programs = append(doc.Programs, programJSON{
			p.ID, p.Name, p.Version, p.Family(), string(p.Level), p.Source,
			credentialsJSON(p.Credentials),
		})
		for i, d := range a.decisions {
			doc.Answers = append(doc.Answers, s.routeJSON(p.ID, urls[i], d))
		}
	}
	return doc
}

func (s *session) routeJSON(program, target string, d noproxy.Decision) routeOfProgram {
	return routeOfProgram{program, target, d.Route, d.Proxy, d.Entry, d.Because.In(s.lang)}
}

// noproxyLines answers standard input line by line, in order. What cannot be
// answered is an error in its line, never of the command.
func (s *session) noproxyLines() error {
	in, out := bufio.NewReader(s.Stdin), bufio.NewWriter(s.Stdout)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	for n := 1; ; n++ {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return out.Flush()
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return errors.Join(fmt.Errorf("reading standard input: %w", err), out.Flush())
		}
		err = lines.Encode(s.answerLine(line, n))
		if err == nil && in.Buffered() == 0 {
			err = out.Flush() // someone may be typing
		}
		if err != nil {
			return err
		}
	}
}

// answerLine answers the question in line, the nth.
func (s *session) answerLine(line []byte, n int) routeOfProgram {
	var q noproxyQuestion
	if err := json.Unmarshal(line, &q); err != nil {
		return s.unanswered(q, "noproxy.bad-line", strconv.Itoa(n))
	}
	p, err := noproxy.Named(q.Program)
	if err != nil {
		return s.unanswered(q, "cli.unknown-program", fmt.Sprintf("%q", q.Program))
	}
	t, err := noproxy.ParseTarget(q.Target)
	if err != nil {
		return s.unanswered(q, "cli.not-web-url", fmt.Sprintf("%q", q.Target))
	}
	t.Addrs = q.Addresses
	return s.routeJSON(q.Program, q.Target, p.Route(q.Vars, t))
}

func (s *session) unanswered(q noproxyQuestion, code reason.Code, args ...string) routeOfProgram {
	return s.routeJSON(q.Program, q.Target, noproxy.Decision{Route: noproxy.Broken, Because: reason.New(code, args...)})
}
