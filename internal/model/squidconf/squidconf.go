// Package squidconf reads squid.conf the way Squid does: directives and their
// tokens with their places, continued lines, comments, included files, and the
// files that lists of an acl are kept in. It knows what a line is, not what a
// directive means; package squid of the engine says that.
//
// Read after src/cache_cf.cc and src/ConfigParser.cc of Squid 5.7.
package squidconf

import (
	"github.com/deguchi-project/deguchi/internal/base/diag"
)

// Source is where the text of squid.conf and of what it names comes from.
type Source struct {
	Read  func(name string) ([]byte, error)
	Match func(pattern string) ([]string, error) // files that include PATTERN stands for, sorted
}

// File is a squid.conf with everything that it includes.
type File struct {
	Name     string
	Lines    []Line // of all files, in the order in which Squid obeys them
	Problems []diag.Problem
	Text     map[string][]byte // of every file that was read, by the name problems have
}

// Line is one directive. It may span several lines of text.
type Line struct {
	Word        Token
	Args        []Token
	Conditional bool // between if and endif: whether it counts is not known here
	Partial     bool // a file that it names could not be read: what is missing is not known
}

// Token is a word of a line.
type Token struct {
	Text string
	Pos  diag.Pos
	Len  int // in runes
}

// Texts returns the words of tokens.
func Texts(tokens []Token) []string {
	texts := make([]string, len(tokens))
	for i, t := range tokens {
		texts[i] = t.Text
	}
	return texts
}
