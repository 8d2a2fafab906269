package files

import (
	"strconv"
	"strings"
)

// text is the block with the lines around it.
func (b *Block) text(content string) string { return b.Open + "\n" + content + b.Close + "\n" }

// cut takes the block out of text: old is empty if there is none, and its first
// line alone if the last one is gone. rest[:at] stood before it.
func (b *Block) cut(text string) (old, rest string, at int) {
	from := line(text, b.Open)
	if from < 0 {
		return "", text, len(text)
	}
	end := from + len(b.Open)
	if length := line(text[from:], b.Close); length >= 0 {
		end = from + length + len(b.Close)
	}
	if strings.HasPrefix(text[end:], "\r\n") {
		end++
	}
	if end < len(text) {
		end++ // its newline
	}
	return text[from:end], text[:from] + text[end:], from
}

// line is where the line want begins in text, or -1.
func line(text, want string) int {
	at := 0
	for l := range strings.Lines(text) {
		if strings.TrimRight(l, "\r\n") == want {
			return at
		}
		at += len(l)
	}
	return -1
}

// insert puts block into text: below its line, or at the end.
func (b *Block) insert(text, block string) string {
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	if b.Under == "" {
		return text + block
	}
	at := 0
	for l := range strings.Lines(text) {
		at += len(l)
		if begins(l, b.Under) {
			return text[:at] + block + text[at:]
		}
	}
	return text + b.Under + "\n" + block
}

// begins reports whether line begins section, however it is indented and
// whatever comment stands behind.
func begins(line, section string) bool {
	rest, ok := strings.CutPrefix(strings.TrimSpace(line), section)
	rest = strings.TrimSpace(rest)
	return ok && (rest == "" || rest[0] == '#' || rest[0] == ';')
}

// contradiction is a line outside the block that sets one of its keys.
type contradiction struct{ line, key string }

// contradictions finds the lines of text that set one of b's keys, and returns
// text without them. b itself, which has been cut out of text at byte at, had so
// many lines.
func (b *Block) contradictions(text string, at, lines int) (rest string, found []contradiction) {
	n, read, section := 0, 0, ""
	for l := range strings.Lines(text) {
		n++
		place := n
		if read >= at {
			place += lines
		}
		read += len(l)
		if word := strings.TrimSpace(l); strings.HasPrefix(word, "[") {
			section = word
		}
		key := b.sets(l)
		if key == "" || b.Within != "" && !begins(section, b.Within) {
			rest += l
			continue
		}
		found = append(found, contradiction{strconv.Itoa(place), key})
	}
	return rest, found
}

// sets returns the key that line sets, if it is one of b's.
func (b *Block) sets(line string) string {
	line = strings.TrimSpace(line)
	for _, key := range b.Keys {
		rest, ok := strings.CutPrefix(line, key)
		rest = strings.TrimSpace(rest)
		if ok && (rest == "" || strings.ContainsAny(rest[:1], "=:") || strings.HasSuffix(key, ":")) {
			return key
		}
	}
	return ""
}
