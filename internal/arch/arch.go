// Package arch holds the tests that keep the house in order: the floors and
// what may be imported where, sizes, comments, and habits that are easier kept
// by a machine than remembered. It has no code of its own.
//
// Each rule is a function from the tree to findings. TestHouse runs all of them
// over this repository, TestRules over a small tree that breaks the rule, so
// that every rule has been seen to fail.
package arch
