// Package squidlist writes the hosts of jobs as Squid reads lists of names:
// domains where they have that form, patterns where they do not.
package squidlist

import (
	"regexp"
	"slices"
	"strings"
)

// Of returns the values of dstdomain and of dstdom_regex that hosts come to.
func Of(hosts []string) (domains, patterns []string) {
	for _, h := range hosts {
		if domain, ok := dstdomain(h); ok {
			domains = append(domains, domain)
		} else {
			patterns = append(patterns, pattern(h))
		}
	}
	return uncovered(domains), patterns
}

// blank is a part of a host that is not fixed.
var blank = regexp.MustCompile(`\{[a-z_]+\}|\*`)

// dstdomain returns h in the form of Squid's dstdomain, if it has one.
func dstdomain(h string) (string, bool) {
	first, rest, _ := strings.Cut(h, ".")
	if blank.FindString(first) == first && first != "" {
		first, h = "", "."+rest
	}
	return h, !blank.MatchString(h) && !blank.MatchString(first)
}

// pattern returns h as a regular expression for Squid's dstdom_regex. A blank
// inside a label stays inside it.
func pattern(h string) string {
	var b strings.Builder
	last := 0
	for _, at := range blank.FindAllStringIndex(h, -1) {
		b.WriteString(regexp.QuoteMeta(h[last:at[0]]))
		if h[at[0]:at[1]] == "{account}" {
			b.WriteString("[0-9]{12}")
		} else {
			b.WriteString("[^.]+")
		}
		last = at[1]
	}
	return "^" + b.String() + regexp.QuoteMeta(h[last:]) + "$"
}

// uncovered returns domains without those that another covers, which Squid
// refuses in one list, and without repetition.
func uncovered(domains []string) []string {
	var kept []string
	for _, d := range domains {
		covered := slices.ContainsFunc(domains, func(other string) bool {
			return other != d && strings.HasPrefix(other, ".") && strings.HasSuffix("."+strings.TrimPrefix(d, "."), other)
		})
		if !covered && !slices.Contains(kept, d) {
			kept = append(kept, d)
		}
	}
	return kept
}
