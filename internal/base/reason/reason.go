// Package reason holds the words of every verdict, problem and hint: a stable
// code and its operands are data, and one catalogue puts them into English and
// Japanese at the door. Nothing else in the house writes sentences for people.
//
// The catalogue is a table for each area (words_*.go); a test fails when an
// entry lacks a language or an operand.
package reason

import "strings"

// Code is the stable name of a message. The codes of refusals (no-rule,
// link-local, …) are the ones that appear on the wire and in the log.
type Code string

// Because is a code with its operands: why a verdict was given, or what is
// wrong. The zero Because says nothing.
type Because struct {
	Code  Code
	Args  []string  // in the order of the entry's operands
	Parts []Because // the operands after Args: words that depend on the language themselves
}

// New returns code with its operands, in the order that the catalogue names them.
func New(code Code, args ...string) Because { return Because{Code: code, Args: args} }

// With returns b with parts as its last operands.
func (b Because) With(parts ...Because) Because {
	b.Parts = append(b.Parts[:len(b.Parts):len(b.Parts)], parts...)
	return b
}

// IsZero reports whether b says nothing.
func (b Because) IsZero() bool { return b.Code == "" }

// In returns b in words. A code that the catalogue lacks, or operands of the
// wrong number, show as they are rather than as nothing.
func (b Because) In(lang Lang) string {
	if b.IsZero() {
		return ""
	}
	args := b.Args
	for _, p := range b.Parts {
		args = append(args[:len(args):len(args)], p.In(lang))
	}
	e, ok := catalogue[b.Code]
	if !ok || len(e.operands) != len(args) {
		return strings.Join(append([]string{string(b.Code)}, args...), " ")
	}
	text := e.en
	if lang == Japanese {
		text = e.ja
	}
	return fill(text, e.operands, args)
}

// fill puts args in the place of {operand}, in one pass: what an operand holds
// is never read as a placeholder.
func fill(text string, operands, args []string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok {
			b.WriteString("{" + rest)
			return b.String()
		}
		for i, o := range operands {
			if o == name {
				b.WriteString(args[i])
			}
		}
		text = after
	}
}
