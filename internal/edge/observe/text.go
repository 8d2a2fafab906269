package observe

import (
	"unicode"
	"unicode/utf8"
)

// maxText is how many bytes of one field are logged. What a client sends can
// be as long as a request header; a line that nobody can read helps nobody.
const maxText = 1024

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string, quotes included. What a terminal
// or a reader of logs could take for something else is escaped: control
// characters, invisible and unassigned ones, and bytes that are no UTF-8, each
// of which becomes U+FFFD.
func appendString(b []byte, s string) []byte {
	cut := len(s) > maxText
	if cut {
		s = s[:boundary(s, maxText)]
	}
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' && c != 0x7f {
				i++
				continue
			}
			b = append(b, s[start:i]...)
			b = appendEscaped(b, rune(c))
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 || !unicode.IsPrint(r) {
			b = append(b, s[start:i]...)
			b = appendEscaped(b, r)
			start = i + size
		}
		i += size
	}
	b = append(b, s[start:]...)
	if cut {
		b = append(b, "…"...)
	}
	return append(b, '"')
}

// appendEscaped appends r in the form of a JSON escape.
func appendEscaped(b []byte, r rune) []byte {
	switch {
	case r == '"' || r == '\\':
		return append(b, '\\', byte(r))
	case r == '\n':
		return append(b, '\\', 'n')
	case r == '\r':
		return append(b, '\\', 'r')
	case r == '\t':
		return append(b, '\\', 't')
	case r > 0xffff:
		r -= 0x10000
		return appendUnit(appendUnit(b, 0xd800|r>>10), 0xdc00|r&0x3ff)
	}
	return appendUnit(b, r)
}

// appendUnit appends one UTF-16 code unit.
func appendUnit(b []byte, u rune) []byte {
	return append(b, '\\', 'u', hexDigits[u>>12&15], hexDigits[u>>8&15], hexDigits[u>>4&15], hexDigits[u&15])
}

// boundary returns the end of the last whole character in s[:most].
func boundary(s string, most int) int {
	for i := most; i > most-utf8.UTFMax; i-- {
		if utf8.RuneStart(s[i]) {
			return i
		}
	}
	return most
}

// appendWord appends s as one word of a line whose words are separated by
// spaces: bytes that are not visible ASCII, and %, are percent-encoded.
// Nothing becomes "-".
func appendWord(b []byte, s string) []byte {
	if s == "" {
		return append(b, '-')
	}
	for i := range min(len(s), maxText) {
		if c := s[i]; c > ' ' && c < 0x7f && c != '%' {
			b = append(b, c)
		} else {
			b = append(b, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return b
}

const upperHex = "0123456789ABCDEF"
