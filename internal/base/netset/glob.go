package netset

import "strings"

// Glob reports whether s is of the form of pattern, in which * stands for any
// run of characters, none included. Case matters.
func Glob[S string | []byte](pattern string, s S) bool { return glob(pattern, s, false) }

// GlobHost is Glob for host names: a * stays within its label.
func GlobHost[S string | []byte](pattern string, host S) bool { return glob(pattern, host, true) }

// glob holds s against pattern in one pass. It goes back only to the last *,
// which is enough: a * before it has nothing to gain by taking more.
func glob[S string | []byte](pattern string, s S, inLabel bool) bool {
	p, star, taken := 0, -1, 0
	for i := 0; i < len(s); {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, taken = p, i
			p++
		case p < len(pattern) && pattern[p] == s[i]:
			p++
			i++
		case star < 0 || inLabel && s[taken] == '.':
			return false
		default: // the last * takes one more
			taken++
			p, i = star+1, taken
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
