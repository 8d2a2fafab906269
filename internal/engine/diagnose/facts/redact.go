package facts

import (
	"regexp"
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/diag"
)

// password is that of a proxy in a value that is no sound URL, where a raw # or
// / hides it from diag.Redact.
var password = regexp.MustCompile(`(://[^:@\s"'=,]*:)[^\s"']*@`)

// bare is the password of a proxy without a scheme, with blanks or anything else
// in it: behind its variable, or alone.
var bare = regexp.MustCompile(`(?i)(_proxy=(?:[a-z0-9+.-]+://)?[^:@/\s]*:|^(?:[a-z0-9+.-]+://)?[^:@/\s"'=,;(]+:)(?:[^/].*)?@([a-z0-9_.\[\]:-]+)`)

// Conceal takes the secrets out of a line.
func Conceal(s string) string {
	s = password.ReplaceAllString(diag.Redact(s), "${1}***@")
	return bare.ReplaceAllString(s, "${1}***@${2}")
}

// redacted takes the secrets out of lines.
func redacted(lines []string) []string {
	for i := range lines {
		lines[i] = Conceal(lines[i])
	}
	return lines
}

// Redacted returns f without secrets: what may be printed, written or sent.
func (f *Sheet) Redacted() *Sheet {
	out := *f
	out.Proxy = Conceal(f.Proxy)
	out.Programs = append([]string{}, f.Programs...)
	out.Contacts = append([]string{}, f.Contacts...)
	out.Targets = redacted(append([]string{}, f.Targets...))
	out.Sources = append([]Source{}, f.Sources...)
	for i, s := range out.Sources {
		out.Sources[i].Lines = redacted(slices.Clone(s.Lines))
		out.Sources[i].Err = Conceal(s.Err)
	}
	out.Attempts = append([]Attempt{}, f.Attempts...)
	for i, a := range out.Attempts {
		out.Attempts[i].URL, out.Attempts[i].Proxy = Conceal(a.URL), Conceal(a.Proxy)
		steps := slices.Clone(a.Steps)
		for j, s := range steps {
			steps[j].Detail, steps[j].Body = Conceal(s.Detail), Conceal(s.Body)
			steps[j].Fields = redacted(slices.Clone(s.Fields))
		}
		out.Attempts[i].Steps = steps
	}
	return &out
}
