// Package diag describes what is wrong with a user's file: where, what, and
// what to do about it. It prints problems the way editors and people read them.
package diag

import "github.com/deguchi-project/deguchi/internal/base/reason"

// Pos is a place in a file. Line and Col count from 1, Col in runes; the zero
// Pos is nowhere.
type Pos struct {
	File      string
	Line, Col int
}

// Severity says how bad a problem is.
type Severity uint8

// The severities. Notes alone never make a command exit with 1.
const (
	Error   Severity = iota // will not work
	Warning                 // works, and surprises
	Note
)

// Problem is one finding.
type Problem struct {
	Pos      Pos
	Len      int    // runes to underline; 0 marks one
	Code     string // "DG1103", stable, has a page
	Severity Severity
	Summary  reason.Because
	Hint     reason.Because // zero if there is none
}
