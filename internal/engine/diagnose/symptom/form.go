package symptom

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// escapes are what colours a terminal and names its window: ECMA-48, 5.4, and
// the operating system commands of xterm.
var escapes = regexp.MustCompile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\))")

// flat is a text without what differs from one terminal to the next.
type flat struct {
	raw  string // as it was pasted, without colours
	text string
	at   []int32 // for each byte of text, where it stands in raw
}

// ignored are letters that terminals, mails and versions of programs change.
const ignored = "\"'`“”‘’«»「」『』\\>|│╷╵-‐‑"

func flatten(raw string) *flat {
	f := &flat{raw: raw}
	var b strings.Builder
	b.Grow(len(raw))
	f.at = make([]int32, 0, len(raw))
	for i, r := range raw {
		if unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(ignored, r) {
			continue
		}
		n, _ := b.WriteRune(unicode.ToLower(r))
		for range n {
			f.at = append(f.at, int32(i)) // at most MaxText
		}
	}
	f.text = b.String()
	return f
}

// most of a line is shown of a message, in runes.
const most = 160

// excerpt is the line of the place, without what stands far before and after it.
func (f *flat) excerpt(place int) string {
	at := int(f.at[place])
	from := strings.LastIndexAny(f.raw[:at], "\r\n") + 1
	line := f.raw[from:]
	if end := strings.IndexAny(line, "\r\n"); end >= 0 {
		line = line[:end]
	}
	if before := at - from; before > most/2 {
		line = line[before:]
	}
	line = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(line, "?"))
	line = strings.Join(strings.Fields(line), " ")
	if utf8.RuneCountInString(line) > most {
		line = string([]rune(line)[:most]) + " ..."
	}
	return line
}

// row is a symptom with its texts made into forms.
type row struct {
	symptom  *Symptom
	patterns []pattern
	unless   []*regexp.Regexp
}

// excluded reports whether f says something with which r never comes.
func (r *row) excluded(f *flat) bool {
	return slices.ContainsFunc(r.unless, func(re *regexp.Regexp) bool { return re.MatchString(f.text) })
}

// pattern is one text. Its weight is the number of letters that must be there.
type pattern struct {
	text     string
	literals []string       // what stands between its blanks
	form     *regexp.Regexp // nil if there are no blanks
	inRaw    bool           // form is one of the text as it was pasted
	weight   int
}

// repeats bounds how often a text is looked for: a log says the same again and
// again.
const repeats = 8

// spans are the places in f.text where p stands. Most texts lack one of its
// literals, which is soon seen.
func (p *pattern) spans(f *flat) [][2]int {
	for _, l := range p.literals {
		if !strings.Contains(f.text, l) {
			return nil
		}
	}
	var all [][2]int
	switch {
	case p.inRaw:
		for _, m := range p.form.FindAllStringIndex(f.raw, repeats) {
			if from, to := f.place(m[0]), f.place(m[1]); from < to {
				all = append(all, [2]int{from, to})
			}
		}
	case p.form != nil:
		for _, m := range p.form.FindAllStringIndex(f.text, repeats) {
			all = append(all, [2]int{m[0], m[1]})
		}
	default:
		for from := 0; len(all) < repeats; {
			i := strings.Index(f.text[from:], p.literals[0])
			if i < 0 {
				break
			}
			from += i + len(p.literals[0])
			all = append(all, [2]int{from - len(p.literals[0]), from})
		}
	}
	return all
}

// place is where in f.text a place in f.raw is.
func (f *flat) place(raw int) int {
	i, _ := slices.BinarySearch(f.at, int32(raw))
	return i
}

// blank is what stands for something else in a text: <proxy>, ..., 10.x.
var blank = regexp.MustCompile(`<[a-zA-Z0-9 _-]+>|\.\.\.`)

// Blanks that stand for no more than their names say; the others may be short or
// long, but stay on what a person would call one line. A text that was copied
// from a table has the blank itself.
var narrow = map[string]string{
	"<n>": `(?:\d{1,12}|<n)`, "<port>": `(?:\d{1,5}|<port)`,
	"<address>": `(?:[0-9a-f.:\[\]%]{2,60}?|<address)`,
}

// The weight of a form that was written by hand, which is for one thing only,
// and of a text that wraps the message that tells.
const (
	formWeight  = 120
	vagueWeight = 1
)

// compiled are the forms of all texts.
var compiled = sync.OnceValue(func() []*row {
	var rows []*row
	for _, s := range All().Rows {
		r := &row{symptom: s}
		seen := map[string]bool{}
		for _, text := range slices.Concat(s.Errors, s.Patterns) {
			p := newPattern(text)
			if key := strings.Join(p.literals, "\x00"); !seen[key] {
				seen[key] = true
				r.patterns = append(r.patterns, p)
			}
		}
		for _, text := range s.Vague {
			p := newPattern(text)
			p.weight = vagueWeight
			r.patterns = append(r.patterns, p)
		}
		for _, form := range s.Forms {
			r.patterns = append(r.patterns, written(form, form, false))
		}
		for _, form := range s.Lines {
			r.patterns = append(r.patterns, written(form, "(?im)"+form, true))
		}
		for _, form := range s.Unless {
			r.unless = append(r.unless, regexp.MustCompile(form))
		}
		rows = append(rows, r)
	}
	return rows
})

// written makes a pattern of a form that was written by hand. Its literals are
// those that every match has.
func written(text, form string, inRaw bool) pattern {
	p := pattern{text: text, form: regexp.MustCompile(form), inRaw: inRaw, weight: formWeight}
	parsed, err := syntax.Parse(form, syntax.Perl)
	if err != nil {
		panic("symptom: " + err.Error()) // it was compiled just now
	}
	for _, part := range parsed.Sub {
		if parsed.Op == syntax.OpConcat && part.Op == syntax.OpLiteral {
			p.literals = append(p.literals, flatten(string(part.Rune)).text)
		}
	}
	if parsed.Op == syntax.OpLiteral {
		p.literals = append(p.literals, flatten(string(parsed.Rune)).text)
	}
	return p
}

// newPattern makes a form of text.
func newPattern(text string) pattern {
	p := pattern{text: text}
	var form strings.Builder
	blanks := blank.FindAllString(text, -1)
	for i, part := range blank.Split(text, -1) {
		if i > 0 {
			b, ok := narrow[blanks[i-1]]
			if !ok {
				b = `.{0,200}?`
			}
			form.WriteString(b)
		}
		literal := flatten(part).text
		p.literals = append(p.literals, literal)
		form.WriteString(regexp.QuoteMeta(literal))
		p.weight += len(literal)
	}
	if len(p.literals) > 1 {
		p.form = regexp.MustCompile(form.String())
	}
	return p
}

var (
	// Both become words of a command that people paste: no letter of them means
	// anything to a shell.
	proxyURL  = regexp.MustCompile(`(?i)proxy URL:?\s*"?(https?://[A-Za-z0-9._~%:@\[\]-]+)`)
	targetURL = regexp.MustCompile(`https?://[A-Za-z0-9.-]+(?::\d+)?(?:/[A-Za-z0-9._~/%,:@+=-]*)?`)
	// targetHost is how urllib3 names one.
	targetHost = regexp.MustCompile(`\(host='([A-Za-z0-9.-]+)', port=443\)`)
)
