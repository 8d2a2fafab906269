package yamldoc

import (
	"strconv"
	"strings"
)

// Write returns n as the text of a file: blocks of two spaces, and short lists
// of single values in one line. Parse reads the same tree from it, but for the
// places.
func Write(n *Node) string {
	var w writer
	if n.Tag != "" {
		w.WriteString(n.Tag + "\n")
	}
	switch {
	case n.Kind == Map && len(n.Entries) > 0:
		w.entries(n, 0)
	case n.Kind == List && len(n.Items) > 0:
		w.items(n, 0)
	default:
		w.WriteString(w.flow(n) + "\n")
	}
	return w.String()
}

// writer writes the lines of a file.
type writer struct{ strings.Builder }

// widest is how long a line may become for what stands in it to stay in it, in
// bytes.
const widest = 100

func (w *writer) indent(depth int) { w.WriteString(strings.Repeat("  ", depth)) }

// entries writes the map n, whose first line begins where w stands.
func (w *writer) entries(n *Node, depth int) {
	for i, e := range n.Entries {
		if i > 0 {
			w.indent(depth)
		}
		key := scalar(e.Key.Text, Text)
		w.WriteString(key + ":")
		w.value(e.Value, depth, len(key)+2*depth)
	}
}

// items writes the list n, whose first line begins where w stands.
func (w *writer) items(n *Node, depth int) {
	for i, item := range n.Items {
		if i > 0 {
			w.indent(depth)
		}
		w.WriteString("-")
		if item.Kind == Map && len(item.Entries) > 0 && item.Tag == "" && !w.fits(item, 2*depth) {
			w.WriteString(" ")
			w.entries(item, depth+1)
			continue
		}
		w.value(item, depth, 2*depth)
	}
}

// value writes n after a key or a dash that stands in depth and ends at column
// used.
func (w *writer) value(n *Node, depth, used int) {
	tag := ""
	if n.Tag != "" {
		tag = " " + n.Tag
	}
	switch {
	case n.Kind == Text && strings.Contains(n.Text, "\n") && literal(n.Text):
		w.WriteString(tag + " |" + chomp(n.Text) + "\n")
		for line := range strings.Lines(strings.TrimSuffix(n.Text, "\n") + "\n") {
			if line != "\n" {
				w.indent(depth + 1)
			}
			w.WriteString(line)
		}
	case w.fits(n, used):
		w.WriteString(tag + " " + w.flow(n) + "\n")
	case n.Kind == Map:
		w.WriteString(tag + "\n")
		w.indent(depth + 1)
		w.entries(n, depth+1)
	default:
		w.WriteString(tag + "\n")
		w.indent(depth + 1)
		w.items(n, depth+1)
	}
}

// fits reports whether n goes into the rest of a line of which used is full.
func (w *writer) fits(n *Node, used int) bool {
	switch n.Kind {
	case Map:
		if len(n.Entries) == 0 {
			return true
		}
		return flat(n) && used+len(w.flow(n)) < widest
	case List:
		return len(n.Items) == 0 || flat(n) && used+len(w.flow(n)) < widest
	default:
		return true
	}
}

// flat reports whether n holds single values, or lists and maps of them.
func flat(n *Node) bool {
	depth := 0
	for inner := range n.Nodes {
		if inner.Kind == Text && strings.Contains(inner.Text, "\n") {
			return false
		}
		if inner.Kind == Map || inner.Kind == List {
			depth++
		}
	}
	return depth <= 3
}

// flow returns n in one line.
func (w *writer) flow(n *Node) string {
	switch n.Kind {
	case Map:
		parts := make([]string, len(n.Entries))
		for i, e := range n.Entries {
			parts[i] = scalar(e.Key.Text, Text) + ": " + w.tagged(e.Value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case List:
		parts := make([]string, len(n.Items))
		for i, item := range n.Items {
			parts[i] = w.tagged(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case Null, Broken:
		return "null"
	default:
		return scalar(n.Text, n.Kind)
	}
}

func (w *writer) tagged(n *Node) string {
	if n.Tag == "" {
		return w.flow(n)
	}
	return n.Tag + " " + w.flow(n)
}

// literal reports whether text can stand as a block, line by line.
func literal(text string) bool {
	if strings.HasPrefix(text, " ") || strings.HasPrefix(text, "\n") || strings.HasSuffix(text, "\n\n") {
		return false
	}
	for _, r := range text {
		if r != '\n' && !strconv.IsPrint(r) {
			return false
		}
	}
	return true
}

// chomp is what says that a block does not end in a line's end.
func chomp(text string) string {
	if strings.HasSuffix(text, "\n") {
		return ""
	}
	return "-"
}

// scalar returns text as a value of kind, in quotes where it would read as
// something else without them, in a line of a block or between brackets.
func scalar(text string, kind Kind) string {
	if kind != Text || plainText(text) {
		return text
	}
	return strconv.Quote(text)
}

// plainText reports whether text needs no quotes. It asks for some that YAML
// would do without: other readers of the file take more words for numbers,
// days and truth values than this package does.
func plainText(text string) bool {
	switch strings.ToLower(text) {
	case "", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n":
		return false
	}
	if strings.HasSuffix(text, " ") || strings.HasSuffix(text, ":") || strings.Contains(text, ": ") || strings.Contains(text, " #") {
		return false
	}
	letter := false
	for i, r := range text {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
			letter = true
		case r > 0x7f && strconv.IsPrint(r) && i > 0, r >= '0' && r <= '9':
		case strings.ContainsRune("/._", r):
		case strings.ContainsRune("-:$+=@;()'*?<>~^ ", r) && i > 0:
		default:
			return false
		}
	}
	if !letter { // an address or a network: no reader takes these for numbers
		return strings.Contains(text, "/") && text[0] != '/' || strings.Count(text, ".") > 1
	}
	return !number(text)
}

// number reports whether some reader takes text for a number: 1e3, 0x10, .5, or
// 12:30, which old ones read in base sixty.
func number(text string) bool {
	if _, err := strconv.ParseFloat(strings.ReplaceAll(text, "_", ""), 64); err == nil {
		return true
	}
	_, err := strconv.ParseInt(strings.ReplaceAll(text, "_", ""), 0, 64)
	return err == nil || strings.HasPrefix(text, ".") && len(text) < 5
}
