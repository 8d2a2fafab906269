package facts

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// heading is the first line of a file of facts, and ending the last.
const (
	heading = "deguchi-facts 1"
	ending  = "end"
)

// MaxText bounds a file of facts: no machine has that much to say.
const MaxText = 4 << 20

// A FormatError says that a text is no file of facts.
type FormatError struct {
	Line int
	What string // "heading", "line", "size"
}

// Error names the line.
func (e *FormatError) Error() string {
	return fmt.Sprintf("line %d: not what a collector writes (%s)", e.Line, e.What)
}

// Write writes f as text: a fact a line, its name first, and below it, indented
// by two spaces, the lines that belong to it. docs/doctor.md describes it.
// Secrets are left out.
func (f *Sheet) Write(w io.Writer) error {
	f = f.Redacted()
	var b bytes.Buffer
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s %s\n", name, oneLine(value))
		}
	}
	b.WriteString(heading + "\n")
	line("tool", f.Tool)
	if !f.Time.IsZero() {
		line("time", f.Time.UTC().Format(time.RFC3339))
	}
	line("machine", f.Machine)
	line("os", f.OS)
	line("release", f.Release)
	line("ec2", string(f.EC2))
	line("container", string(f.Container))
	line("subject", f.Subject.String())
	for _, p := range f.Programs {
		line("program", p)
	}
	line("region", f.Region)
	line("proxy", f.Proxy)
	for _, t := range f.Targets {
		line("target", t)
	}
	for _, c := range f.Contacts {
		line("contact", c)
	}
	for _, s := range f.Sources {
		line("source", string(s.Form)+" "+s.Name)
		if s.Err != "" {
			fmt.Fprintf(&b, "  ! %s\n", oneLine(s.Err))
		}
		for _, l := range s.Lines {
			fmt.Fprintf(&b, "  : %s\n", oneLine(l))
		}
	}
	for _, a := range f.Attempts {
		a.write(&b)
	}
	b.WriteString(ending + "\n")
	_, err := w.Write(b.Bytes())
	return err
}

func (a Attempt) write(b *bytes.Buffer) {
	fmt.Fprintf(b, "attempt %s %s\n", a.Way, oneLine(a.URL))
	if a.Proxy != "" {
		fmt.Fprintf(b, "  proxy %s\n", oneLine(a.Proxy))
	}
	if !a.At.IsZero() {
		fmt.Fprintf(b, "  at %d\n", a.At.Unix())
	}
	for _, s := range a.Steps {
		fmt.Fprintf(b, "  step %s %s %d %s\n", s.Phase, s.Outcome, s.TookMS, oneLine(s.Detail))
		for _, field := range s.Fields {
			fmt.Fprintf(b, "  field %s\n", oneLine(field))
		}
		if s.Body != "" {
			fmt.Fprintf(b, "  body %s\n", strconv.Quote(s.Body))
		}
	}
}

// oneLine keeps what was found from looking like the next fact.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f || r == utf8.RuneError {
			return ' '
		}
		return r
	}, s)
}

// Parse reads what Write, or a collector, wrote. Names of facts that it does
// not know are left out: a newer collector may tell more. Of a text without its
// last line the fact that stands last is left out, for it may be half of one.
func Parse(text []byte) (*Sheet, error) {
	if len(text) > MaxText {
		return nil, &FormatError{1, "size"}
	}
	p := parser{facts: &Sheet{}}
	n := 0
	for raw := range bytes.Lines(decode(text)) {
		n++
		line := oneLine(strings.TrimRight(string(raw), "\r\n"))
		switch {
		case n == 1:
			if strings.TrimSpace(line) != heading {
				return nil, &FormatError{n, "heading"}
			}
		case !bytes.HasSuffix(raw, []byte("\n")) && line != ending: // half of one
		case strings.HasPrefix(line, "  "):
			if err := p.below(line[2:]); err != nil {
				return nil, &FormatError{n, "line"}
			}
		case strings.TrimSpace(line) != "":
			p.fact(line)
		}
	}
	if n == 0 {
		return nil, &FormatError{1, "heading"}
	}
	p.facts.Cut = !p.ended
	return p.facts, nil
}

// decode takes off what PowerShell puts around text: a byte order mark, and
// two bytes a letter.
func decode(text []byte) []byte {
	switch {
	case bytes.HasPrefix(text, []byte("\xef\xbb\xbf")):
		return text[3:]
	case bytes.HasPrefix(text, []byte("\xff\xfe")):
		return utf16le(text[2:])
	}
	return text
}

func utf16le(b []byte) []byte {
	out := make([]byte, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		out = utf8.AppendRune(out, rune(b[i])|rune(b[i+1])<<8)
	}
	return out
}

// parser fills facts; what is below a fact goes to the one that is open.
type parser struct {
	facts   *Sheet
	source  *Source
	attempt *Attempt
	curl    *transcript
	ended   bool // by the last line
}

// end closes the fact that is open.
func (p *parser) end() {
	switch {
	case p.source != nil:
		p.facts.Sources = append(p.facts.Sources, *p.source)
	case p.attempt != nil:
		p.facts.Attempts = append(p.facts.Attempts, *p.attempt)
	case p.curl != nil:
		p.facts.Attempts = merge(p.facts.Attempts, p.curl.attempt())
	}
	p.source, p.attempt, p.curl = nil, nil, nil
}

// fact reads a line that begins one.
func (p *parser) fact(line string) {
	p.end()
	name, value, _ := strings.Cut(line, " ")
	value = strings.TrimSpace(value)
	first, rest, _ := strings.Cut(value, " ")
	rest = strings.TrimSpace(rest)
	f := p.facts
	switch name {
	case "tool":
		f.Tool = value
	case "time":
		if at, err := time.Parse(time.RFC3339, value); err == nil {
			f.Time = at
		}
	case "machine":
		f.Machine = value
	case "os":
		f.OS = value
	case "release":
		f.Release = value
	case "ec2":
		f.EC2 = Answer(value)
	case "container":
		f.Container = Answer(value)
	case "subject":
		f.Subject = Subject{Kind(first), rest}
	case "program":
		f.Programs = append(f.Programs, value)
	case "region":
		f.Region = value
	case "proxy":
		f.Proxy = value
	case "target":
		f.Targets = append(f.Targets, value)
	case "contact":
		f.Contacts = append(f.Contacts, value)
	case "source":
		p.source = &Source{Form: Form(first), Name: rest}
	case "attempt":
		p.attempt = &Attempt{Way: Way(first), URL: rest}
	case "curl":
		p.curl = &transcript{way: Way(first), url: rest}
	case ending:
		p.ended = true
	}
}

// below reads a line that belongs to the fact that is open.
func (p *parser) below(line string) error {
	switch {
	case p.source != nil:
		mark, text, _ := strings.Cut(line, " ")
		switch mark {
		case "!":
			p.source.Err = text
		case ":":
			p.source.Lines = append(p.source.Lines, text)
		}
	case p.attempt != nil:
		return p.attempt.read(line)
	case p.curl != nil:
		p.curl.read(line)
	}
	return nil
}

// read reads a line of an attempt.
func (a *Attempt) read(line string) error {
	name, value, _ := strings.Cut(line, " ")
	last := len(a.Steps) - 1
	switch name {
	case "proxy":
		a.Proxy = value
	case "at":
		seconds, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return err
		}
		a.At = time.Unix(seconds, 0).UTC()
	case "step":
		parts := strings.SplitN(value, " ", 4)
		if len(parts) < 3 {
			return strconv.ErrSyntax
		}
		took, err := strconv.ParseInt(parts[2], 10, 64)
		if err != nil {
			return err
		}
		s := Step{Phase: Phase(parts[0]), Outcome: Outcome(parts[1]), TookMS: took}
		if len(parts) == 4 {
			s.Detail = parts[3]
		}
		a.Steps = append(a.Steps, s)
	case "field":
		if last >= 0 {
			a.Steps[last].Fields = append(a.Steps[last].Fields, value)
		}
	case "body":
		body, err := strconv.Unquote(value)
		if err != nil {
			return err
		}
		if last >= 0 {
			a.Steps[last].Body = body
		}
	}
	return nil
}
