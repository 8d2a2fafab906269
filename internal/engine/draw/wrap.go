package draw

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/deguchi-project/deguchi/internal/base/term"
)

// wrap breaks s into lines of at most limit, as width measures, and at most so
// many; what is left over becomes "…". It breaks at blanks and between
// Japanese letters but not inside katakana, and inside a word only where the word alone is too long.
func wrap(s string, limit, lines int, width func(string) int) []string {
	var done []string
	line := ""
	for _, piece := range pieces(plain(s), limit, width) {
		if line != "" && width(strings.TrimRight(line+piece, " ")) > limit {
			done = append(done, strings.TrimRight(line, " "))
			line = ""
		}
		line += piece
	}
	if line = strings.TrimRight(line, " "); line != "" {
		done = append(done, line)
	}
	if len(done) > lines {
		done = done[:lines]
		done[lines-1] = shortened(done[lines-1]+" …", limit, width)
	}
	return done
}

// evenly is wrap with lines of much the same length.
func evenly(s string, limit, lines int, width func(string) int) []string {
	best := wrap(s, limit, lines, width)
	for len(best) > 1 && limit > 8 {
		limit -= 8
		next := wrap(s, limit, lines+1, width)
		if len(next) > len(best) {
			break
		}
		best = next
	}
	return best
}

// pieces splits s where lines may end.
func pieces(s string, limit int, width func(string) int) []string {
	var found []string
	for _, word := range words(s) {
		if width(strings.TrimRight(word, " ")) <= limit {
			found = append(found, word)
			continue
		}
		for word != "" {
			end := strings.IndexAny(word, "/-._:?&=,") + 1
			if end == 0 {
				end = len(word)
			}
			if part := word[:end]; width(part) <= limit {
				found = append(found, part)
			} else {
				found = append(found, strings.Split(part, "")...)
			}
			word = word[end:]
		}
	}
	return found
}

// The Japanese letters that do not begin a line, and those that do not end one.
const (
	noBegin = "、。，．・：；？！ー）」』】〕〉》々ぁぃぅぇぉっゃゅょァィゥェォッャュョ…"
	noEnd   = "（「『【〔〈《"
)

// words splits s after blanks and beside Japanese letters. A word keeps the
// blank after it.
func words(s string) []string {
	var found []string
	begin, before := 0, rune(0)
	for i, r := range s {
		wide := term.Width(string(r)) > 1 || term.Width(string(before)) > 1
		may := before == ' ' && r != ' ' ||
			wide && r != ' ' && !(katakana(r) && katakana(before)) && !strings.ContainsRune(noBegin, r) && !strings.ContainsRune(noEnd, before)
		if i > begin && may {
			found = append(found, s[begin:i])
			begin = i
		}
		before = r
	}
	if begin < len(s) {
		found = append(found, s[begin:])
	}
	return found
}

func katakana(r rune) bool { return r == 'ー' || unicode.Is(unicode.Katakana, r) }

// shortened returns s, cut to limit with "…" at its end if it is longer.
func shortened(s string, limit int, width func(string) int) string {
	if width(s) <= limit {
		return s
	}
	s = strings.TrimRight(strings.TrimSuffix(s, "…"), " ")
	for s != "" && width(s+"…") > limit {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
	}
	return s + "…"
}
