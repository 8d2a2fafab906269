package symptom

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// Match is a symptom that fits a pasted text.
type Match struct {
	*Symptom
	Texts []string // those of its texts that were found
	// weight grows with what was found and is the same for symptoms that print
	// the same.
	weight int
}

// Explanation is what a pasted text can mean.
type Explanation struct {
	Matches []Match  // what fits best first
	Alike   []string // ids of the best ones, where the text fits several equally
	Proxy   string   // the proxy that the text names, host:port
	Target  string   // the URL that it names
}

// MaxText bounds a pasted text.
const MaxText = 4 << 20

// Explain says which symptoms fit text. Spaces, line ends, quotation marks,
// colours and the bars that some programs and mails put before each line do not
// count, so that a terminal may have wrapped it and a mail may quote it.
func Explain(text string) Explanation {
	text = text[max(0, len(text)-MaxText):] // the end of a log is what happened last
	text = escapes.ReplaceAllString(text, "")
	flat := flatten(text)
	var e Explanation
	for _, r := range compiled() {
		m := Match{Symptom: r.symptom}
		for _, p := range r.patterns {
			if p.in(flat) {
				m.Texts = append(m.Texts, p.text)
				m.weight += p.weight
			}
		}
		if m.weight > 0 {
			e.Matches = append(e.Matches, m)
		}
	}
	slices.SortStableFunc(e.Matches, func(a, b Match) int { return b.weight - a.weight })
	for _, m := range e.Matches {
		if len(e.Matches) > 1 && e.Matches[1].weight == e.Matches[0].weight && m.weight == e.Matches[0].weight {
			e.Alike = append(e.Alike, m.ID)
		}
	}
	e.Proxy, e.Target = named(text)
	return e
}

// escapes are what colours a terminal and names its window: ECMA-48, 5.4, and
// the operating system commands of xterm.
var escapes = regexp.MustCompile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\))")

// flatten takes out what differs from one terminal to the next.
func flatten(text string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("\"'`“”‘’«»「」『』\\>|│╷╵", r) {
			return -1
		}
		return r
	}, text))
}

// row is a symptom with its texts made into forms.
type row struct {
	symptom  *Symptom
	patterns []pattern
}

// pattern is one text. Its weight is the number of letters that must be there.
type pattern struct {
	text     string
	literals []string // what stands between its blanks
	form     *regexp.Regexp
	weight   int
}

// in reports whether flat has p. Most texts lack one of its literals, which is
// soon seen.
func (p pattern) in(flat string) bool {
	for _, l := range p.literals {
		if !strings.Contains(flat, l) {
			return false
		}
	}
	return len(p.literals) == 1 || p.form.MatchString(flat)
}

// blank is what stands for something else in a text: <proxy>, ..., 10.x.
var blank = regexp.MustCompile(`<[a-zA-Z0-9 _-]+>|\.\.\.`)

// compiled are the forms of all texts.
var compiled = sync.OnceValue(func() []row {
	var rows []row
	for _, s := range All().Rows {
		r := row{symptom: s}
		seen := map[string]bool{}
		for _, text := range slices.Concat(s.Errors, s.Patterns) {
			if p := newPattern(text); !seen[p.form.String()] {
				seen[p.form.String()] = true
				r.patterns = append(r.patterns, p)
			}
		}
		rows = append(rows, r)
	}
	return rows
})

// newPattern makes a form of text. A blank may be short or long, but stays on
// what a person would call one line.
func newPattern(text string) pattern {
	p := pattern{text: text}
	var form strings.Builder
	for i, part := range blank.Split(text, -1) {
		if i > 0 {
			form.WriteString(`.{0,200}?`)
		}
		literal := flatten(part)
		p.literals = append(p.literals, literal)
		form.WriteString(regexp.QuoteMeta(literal))
		p.weight += len(literal)
	}
	p.form = regexp.MustCompile(form.String())
	return p
}

var (
	proxyURL  = regexp.MustCompile(`(?i)proxy URL:?\s*"?(https?://[^\s"']+)`)
	targetURL = regexp.MustCompile(`https?://[A-Za-z0-9.\-]+(?::\d+)?(?:/[^\s"'<>)]*)?`)
)

// named finds the proxy and the target that text names.
func named(text string) (proxy, target string) {
	if m := proxyURL.FindStringSubmatch(text); m != nil {
		proxy = m[1]
	}
	for _, u := range targetURL.FindAllString(text, -1) {
		if u != proxy && !strings.HasPrefix(u, proxy+"/") && strings.Contains(u, "amazonaws.com") {
			return proxy, u
		}
	}
	return proxy, ""
}
