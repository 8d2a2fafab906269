package exceptions

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

// Question is a line of the input of "deguchi noproxy test --json -".
type Question struct {
	Program   string       `json:"program"`
	Vars      noproxy.Vars `json:"vars"`
	Target    string       `json:"target"`
	Addresses []netip.Addr `json:"addresses"`
}

// Lines answers in line by line, in order. What cannot be answered is an error
// in its line, never of the command.
func (p *Printer) Lines(r io.Reader) error {
	in, out := bufio.NewReader(r), bufio.NewWriter(p.Out)
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
		err = lines.Encode(p.line(line, n))
		if err == nil && in.Buffered() == 0 {
			err = out.Flush() // someone may be typing
		}
		if err != nil {
			return err
		}
	}
}

// line answers the question in text, the nth.
func (p *Printer) line(text []byte, n int) Answer {
	var q Question
	if err := json.Unmarshal(text, &q); err != nil {
		return p.unanswered(q, "noproxy.bad-line", strconv.Itoa(n))
	}
	program, err := noproxy.Named(q.Program)
	if err != nil {
		return p.unanswered(q, "cli.unknown-program", fmt.Sprintf("%q", q.Program))
	}
	t, err := noproxy.ParseTarget(q.Target)
	if err != nil {
		return p.unanswered(q, "cli.not-web-url", fmt.Sprintf("%q", q.Target))
	}
	t.Addrs = q.Addresses
	return p.answer(q.Program, q.Target, program.Route(q.Vars, t))
}

func (p *Printer) unanswered(q Question, code reason.Code, args ...string) Answer {
	return p.answer(q.Program, q.Target, noproxy.Decision{Route: noproxy.Broken, Because: reason.New(code, args...)})
}
