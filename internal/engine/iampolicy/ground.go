package iampolicy

import (
	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/model/policy"
)

// Result is a verdict with its ground.
type Result struct {
	Verdict Verdict
	Basis   Basis
	Ground  Ground // of the bases ByStatement and NoAllow
}

// Basis says what kind of ground a verdict stands on.
type Basis uint8

// The bases.
const (
	NoAllow     Basis = iota // no Allow matches; the ground is the nearest, if there is an Allow at all
	ByStatement              // the ground matches, or nobody can tell whether it does
	WholePolicy              // the policy is full, or nobody told what it says
	OwnAccount               // no Deny matches, and the caller is of the owner's account
	Stranger                 // no statement lets the caller in, who is not known to be of the owner's account
)

// Ground is a statement of the policy, and the part of it that decided.
type Ground struct {
	Number int // of the statement, from 1; 0 if there is none
	Sid    string
	Pos    diag.Pos
	Effect policy.Effect
	// Part is the first part that does not match or is not known. A statement
	// that matches has Conditions there, or Whole if it has none.
	Part   Part
	Not    bool     // the part is NotAction, NotResource, NotPrincipal
	Wanted []string // what the statement names in that part
	Got    string   // what the request has; empty if it is not known
	// Test is the condition that decided, of Part Conditions. Of several that
	// all hold it is the first.
	Test Test
}

// Part is a part of a statement.
type Part uint8

// The parts, in the order in which they are tried.
const (
	ActionPart Part = iota
	ResourcePart
	PrincipalPart
	ConditionPart
	Whole // none of them: the statement has no condition and matches
)

// element names p as policies do.
func (p Part) element() string { return elements[p] }

var elements = [...]string{"Action", "Resource", "Principal", "Condition", "Statement"}

// Test is a condition with what it met.
type Test struct {
	Operator string
	Key      string
	Wanted   []policy.Text
	Got      Value
}
