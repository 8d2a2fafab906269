package term

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Hang writes text behind head, in lines of at most width columns: what does not
// fit into the first stands below its beginning.
func Hang(w io.Writer, head, text string, width int) {
	indent := Width(head)
	for i, line := range Wrap(text, width-indent) {
		if i > 0 {
			head = strings.Repeat(" ", indent)
		}
		fmt.Fprintf(w, "%s%s\n", head, line)
	}
}

// Paragraphs are those of text, each on one line; an empty one stands for the
// space between two. Indented lines stay as they are. Where Japanese was broken,
// no blank is put.
func Paragraphs(text string) []string {
	var all []string
	open := false
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		line = strings.TrimRight(line, " ")
		if stays := line == "" || strings.HasPrefix(line, " "); stays || !open {
			all, open = append(all, line), !stays
			continue
		}
		last := &all[len(all)-1]
		before, _ := utf8.DecodeLastRuneInString(*last)
		if after, _ := utf8.DecodeRuneInString(line); !wide(before) || !wide(after) {
			*last += " "
		}
		*last += line
	}
	return all
}
