// Package reason holds the words of every verdict, problem and hint: a stable
// code and its operands are data, and one catalogue puts them into English and
// Japanese at the door. Nothing else in the house writes sentences for people.
package reason

// Code is the stable name of a message. The codes of CONTRACTS (no-rule,
// link-local, …) are the ones that appear on the wire and in the log.
type Code string

// Because is a code with its operands: why a verdict was given, or what is
// wrong. The zero Because says nothing.
type Because struct {
	Code Code
	Args []string // in the order in which the catalogue's entry names them
}

// Lang is a language of the catalogue.
type Lang uint8

// The languages.
const (
	English Lang = iota
	Japanese
)

// New returns code with its operands.
func New(code Code, args ...string) Because { return Because{code, args} }

// In returns b in words.
func (b Because) In(lang Lang) string { return string(b.Code) }
