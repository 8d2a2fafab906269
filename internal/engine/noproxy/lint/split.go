package lint

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
)

// entry is one entry of the value, with the blanks around it.
type entry struct {
	raw        string
	col, width int    // of what stands between the blanks, in runes
	plain      string // with everything about its spelling set right
	port       string // what it ended in, of the digits behind a colon
	form       form
}

// core is the entry without the blanks around it.
func (e entry) core() string { return strings.TrimSpace(e.raw) }

// masked is e as written with a name that matches nothing in it: what stands for
// an entry while others are examined.
func (e entry) masked() string {
	return strings.Replace(e.raw, strings.Trim(e.core(), `"'`), "masked.invalid", 1)
}

// blanks is what programs may skip beside an entry.
const blanks = " \t\r\n"

// signs part entries for people: those of ASCII, and those that are typed in
// their place where a keyboard writes Japanese.
const signs = ",;|\uff0c\u3001\uff1b\uff5c"

// split takes value apart as its author means it: at signs, and at blanks where
// nothing else parts two words. A separator that some reader does not know is
// reported once.
func (l *linter) split(value string) {
	l.separator = l.common()
	reported := map[string]bool{}
	col := 1
	rest := value
	for {
		end := separatorAt(rest)
		raw := rest
		if end >= 0 {
			raw = rest[:end]
		}
		l.take(raw, col)
		if end < 0 {
			break
		}
		_, size := utf8.DecodeRuneInString(rest[end:])
		sep := rest[end : end+size]
		col += utf8.RuneCountInString(raw)
		if !reported[sep] {
			reported[sep] = true
			l.separated(sep, col)
		}
		rest = rest[end+size:]
		col++
	}
	if len(l.entries) > 1 {
		l.setAside(l.deafTo(l.separator))
	}
}

// setAside takes readers that do not part the entries out of the examination of
// each: what is wrong for them is said.
func (l *linter) setAside(names []string) {
	l.readers = slices.DeleteFunc(l.readers, func(r reader) bool {
		if !slices.Contains(names, r.name) {
			return false
		}
		l.aside = append(l.aside, r)
		return true
	})
}

// separatorAt returns where the first separator of text is, or -1.
func separatorAt(text string) int {
	for i, r := range text {
		if strings.ContainsRune(signs, r) {
			return i
		}
		if strings.ContainsRune(blanks, r) && words(text[:i]) && words(next(text[i:])) {
			return i
		}
	}
	return -1
}

// next is what stands before the next separator that is no blank.
func next(text string) string {
	if end := strings.IndexAny(text, signs); end >= 0 {
		return text[:end]
	}
	return text
}

func words(text string) bool { return strings.TrimSpace(text) != "" }

// take keeps raw, which stands at column col. Empty entries harm nobody.
func (l *linter) take(raw string, col int) {
	core := strings.TrimSpace(raw)
	if core == "" {
		return
	}
	col += utf8.RuneCountInString(raw[:strings.Index(raw, core)])
	l.entries = append(l.entries, entry{raw: raw, col: col, width: utf8.RuneCountInString(core)})
}

// common returns the separator that all readers know: a comma, or the bar of
// Java's properties where there are no others. Where there is none, a comma.
func (l *linter) common() string {
	if len(l.deafTo(",")) > 0 && len(l.deafTo("|")) == 0 {
		return "|"
	}
	return ","
}

// deafTo returns the readers that do not read two entries with sep between.
func (l *linter) deafTo(sep string) []string {
	return l.those(func(r reader) bool {
		for _, host := range []string{"one.example", "two.example"} {
			if r.Reads(l.inForce("one.example"+sep+"two.example"), https(host)).Route != noproxy.Direct {
				return true
			}
		}
		return false
	})
}

// separated reports the separator at column col if some reader does not know it.
func (l *linter) separated(sep string, col int) {
	deaf := l.deafTo(sep)
	if len(deaf) == 0 {
		return
	}
	f := l.add(Finding{Programs: deaf}, col, 1, "DG4101", quoted(sep), listed(deaf))
	f.Hint = reason.New("DG4101.hint", quoted(l.separator))
	if sep == l.separator {
		f.Hint = reason.New("DG4101.hint.own", listed(deaf), quoted("|"))
	}
	if len(deaf) < len(l.readers) {
		f.Severity = diag.Warning
	}
}
