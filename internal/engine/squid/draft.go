package squid

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/model/config"
	"github.com/deguchi-project/deguchi/internal/model/squidconf"
)

// draft is the result before it is text.
type draft struct {
	notes    []string // at the top
	sections []section
	clients  []*client
	entries  []entry
	rules    []rule
	meant    *meantRule
	upstream bool // names go to a parent
	private  bool // answers for names of AWS may not be private either
}

// section is a part of the file that is not about rules: lines of YAML and of
// comments.
type section []string

func (d *draft) note(text string) { d.notes = append(d.notes, text) }

// text writes the draft, with the lines on which rules begin.
func (im *importer) text() (text string, starts []int) {
	d := &im.out
	w := &writer{}
	w.comment("", im.say("squid.head", path.Base(im.file.Name)))
	for _, n := range d.notes {
		w.comment("", n)
	}
	w.line("version: 1")
	for _, s := range d.sections {
		for _, l := range s {
			w.line("%s", l)
		}
	}
	if d.private {
		w.comment("", im.say("squid.private"))
		w.line("private: {aws_names: false}")
	}
	if len(d.clients) > 0 {
		w.line("clients:")
	}
	for _, c := range d.clients {
		w.list(fmt.Sprintf("  %s: {from: [", scalar(c.name)), scalars(prefixTexts(c.from)), "]}")
	}
	starts = im.writeRules(w)
	return w.String(), starts
}

// writeRules writes every line of http_access as a comment, and below it its
// rules.
func (im *importer) writeRules(w *writer) (starts []int) {
	d := &im.out
	if len(d.rules) == 0 {
		w.comment("", im.say("squid.nothing"))
	} else {
		w.line("rules:")
	}
	taken := make(map[string]int)
	var shown *entry
	for _, r := range d.rules {
		if r.entry != shown {
			w.comment("  ", im.origin(r.entry))
			shown = r.entry
		}
		starts = append(starts, w.lines+1)
		name := im.ruleName(r.entry)
		if taken[name]++; taken[name] > 1 {
			name = fmt.Sprintf("%s, %d", name, taken[name])
		}
		im.writeRule(w, name, r)
	}
	for i := range d.entries {
		e := &d.entries[i]
		if e.line != nil && !slices.ContainsFunc(d.rules, func(r rule) bool { return r.entry == e }) {
			w.comment("  ", im.say(im.absent(e), im.origin(e)))
		}
	}
	if d.meant != nil {
		im.offer(w)
	}
	return starts
}

// absent says why a line has no rule.
func (im *importer) absent(e *entry) (code reason.Code) {
	switch {
	case e.lost:
		return "squid.lost"
	case e.region.empty():
		return "squid.never"
	case e.deny && e.region.equal(everything):
		return "squid.closed"
	}
	return "squid.unreached"
}

func (im *importer) writeRule(w *writer, name string, r rule) {
	w.line("  - name: %s", strconv.Quote(name))
	if names, all := im.out.of(r.region); !all {
		w.list("    clients: [", scalars(names), "]")
	}
	verb := "allow"
	if r.entry.deny {
		verb = "deny"
	}
	w.line("    %s:", verb)
	w.matchers("      ", r.region)
}

// origin names the line of squid.conf behind an entry, and quotes it.
func (im *importer) origin(e *entry) string {
	if e.line == nil {
		return im.say("squid.implicit.deny")
	}
	text := e.line.Word.Text
	for _, a := range squidconf.Texts(e.line.Args) {
		if strings.HasPrefix(a, "login=") {
			a = "login=…" // a password
		}
		text += " " + a
	}
	at := fmt.Sprintf("%s:%d: ", path.Base(e.line.Word.Pos.File), e.line.Word.Pos.Line)
	if !e.deny && e.line.Args[0].Text == "deny" {
		return at + im.say("squid.implicit.allow", text)
	}
	return at + text
}

// ruleName is what a rule is called: its line, in short.
func (im *importer) ruleName(e *entry) string {
	if e.line == nil {
		return "the rest is denied"
	}
	line := strconv.Itoa(e.line.Word.Pos.Line)
	text := strings.Join(squidconf.Texts(e.line.Args), " ")
	switch {
	case e.line.Word.Text != "http_access":
		text = e.line.Word.Text + " " + text
	case !e.deny && e.line.Args[0].Text == "deny":
		text = "all but " + text
	}
	file := ""
	if e.line.Word.Pos.File != im.file.Name {
		file = path.Base(e.line.Word.Pos.File) + " "
	}
	return shortened(text, 60) + " (" + shortened(file, 20) + "line " + line + ")"
}

// offer writes, as comments, the rule that two alternatives were meant to be.
func (im *importer) offer(w *writer) {
	m := im.out.meant
	r := m.where.region.and(m.who.region)
	if len(r.hosts.listed()) == 0 || !r.hosts.carved().empty() {
		return
	}
	first, second := m.inOrder()
	w.comment("  ", im.say("squid.meant", strconv.Itoa(first.line.Word.Pos.Line), strconv.Itoa(second.line.Word.Pos.Line)))
	inner := &writer{}
	im.writeRule(inner, shortened("allow "+m.words(), 80), rule{entry: m.where, region: r})
	for l := range strings.Lines(inner.String()) {
		w.line("  #%s", strings.TrimPrefix(strings.TrimSuffix(l, "\n"), " "))
	}
}

// writer writes YAML and counts its lines.
type writer struct {
	strings.Builder
	lines int
}

func (w *writer) line(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	w.WriteString(text + "\n")
	w.lines += 1 + strings.Count(text, "\n")
}

// columns is how wide the result is, where it can be.
const columns = 100

// comment writes text as comments, wrapped.
func (w *writer) comment(indent, text string) {
	for _, row := range term.Wrap(printable(text), columns-len(indent)-len("# ")) {
		w.line("%s# %s", indent, row)
	}
}

// list writes head, items and tail, on more lines if they are long.
func (w *writer) list(head string, items []string, tail string) {
	indent := strings.Repeat(" ", 6)
	row := head
	for i, item := range items {
		if i < len(items)-1 {
			item += ","
		} else {
			item += tail
		}
		if len(row)+1+len(item) > columns && row != head {
			w.line("%s", strings.TrimRight(row, " "))
			row = indent
		}
		row += item + " "
	}
	w.line("%s", strings.TrimRight(row, " "))
}

// matchers writes what r asks of a request.
func (w *writer) matchers(indent string, r region) {
	if hosts := r.hosts.listed(); len(hosts) > 0 {
		w.list(indent+"hosts: [", scalars(hosts), "]")
	}
	if r.schemes == connect {
		w.line("%sschemes: [https]", indent)
	} else if r.schemes == plain {
		w.line("%sschemes: [http]", indent)
	}
	var texts []string
	for _, p := range r.ports {
		text := config.PortRange(p).String()
		if p.First != p.Last {
			text = strconv.Quote(text)
		}
		texts = append(texts, text)
	}
	w.list(indent+"ports: [", texts, "]")
}

func prefixTexts(n nets) []string {
	texts := make([]string, len(n))
	for i, p := range n {
		texts[i] = p.String()
	}
	return texts
}

// scalar writes s as YAML reads it back: as it is where it can be nothing but
// text.
func scalar(s string) string {
	plain := s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+-") == ""
	digit := s != "" && (s[0] >= '0' && s[0] <= '9' || s[0] == '+' || s[0] == '-' || s[0] == '/')
	if plain && (!digit || strings.Count(s, ".") == 3 && strings.Contains(s, "/")) && !slices.Contains(notText, strings.ToLower(s)) {
		return s
	}
	return strconv.Quote(s)
}

func scalars(texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = scalar(t)
	}
	return out
}

// notText are plain words that YAML 1.1 or 1.2 does not read as text.
var notText = []string{"true", "false", "yes", "no", "on", "off", "y", "n", "null", ".inf", ".nan", "."}

// printable returns s as one line of printable text.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}

// shortened returns s in at most limit runes, printable.
func shortened(s string, limit int) string {
	runes := []rune(printable(s))
	if len(runes) <= limit {
		return string(runes)
	}
	return strings.TrimSpace(string(runes[:limit-1])) + "…"
}
