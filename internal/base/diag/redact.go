package diag

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// secret is a form of what must not be shown. Its first group is the secret;
// a text without any of needles, in lower case, has none of this form.
type secret struct {
	needles []string
	form    *regexp.Regexp
}

// secrets are all forms. Sources: URLs as in RFC 3986; access keys as in the
// IAM user guide, "Understanding unique ID prefixes"; the parameters of a
// signed URL as in the S3 API reference, "Authenticating Requests: Using Query
// Parameters".
var secrets = []secret{
	{[]string{"://"}, regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^/?#\s:@]*:([^/?#\s]*)@`)},
	// A proxy without a scheme, which curl, Go and AWS CLI take: behind its
	// variable, with a port, or alone. In front may stand the number of a line.
	{[]string{"proxy="}, regexp.MustCompile(`(?i)proxy=["']?[^\s/:@"'=,;(]+:([^\s/"'][^\s"']*)@`)},
	{[]string{"@"}, regexp.MustCompile(`(?:^|[\s"'=,;(])[^\s/:@"'=,;(]+:([^\s/"'=][^\s"'=]*)@[A-Za-z0-9_.\[\]:-]+:\d{1,5}\b`)},
	{[]string{"@"}, regexp.MustCompile(`^[^\s/:@"'=,;(]+:([^\s/"'=][^\s"'=]*)@[A-Za-z0-9_.\[\]:-]+/?$`)},
	{[]string{"akia", "asia"}, regexp.MustCompile(`\b((?:AKIA|ASIA)[A-Z0-9]{12,})\b`)},
	{
		[]string{"signature=", "token=", "credential=", "keyid=", "sig="},
		regexp.MustCompile(`(?i)\b(?:x-amz-(?:signature|security-token|credential)|signature|awsaccesskeyid|sig|token)=([^&\s"']+)`),
	},
	{
		[]string{"secret", "session", "passw", "bearer_token"},
		regexp.MustCompile(`(?i)(?:\b(?:aws_secret_access_key|aws_session_token|aws_bearer_token_[a-z]+|secretaccesskey|sessiontoken|secret)|\b[\w.-]*passw(?:or)?d)["']?\s*[=:]\s*["']?([^\s"',}]+)`),
	},
	{[]string{"authorization"}, regexp.MustCompile(`(?i)\b(?:proxy-)?authorization:\s*(?:basic|bearer|digest)?\s*(\S.*)`)},
	{[]string{"bearer"}, regexp.MustCompile(`(?i)\bbearer\s+([A-Za-z0-9._~+/=-]{8,})`)},
}

// Redact returns s with every secret replaced by three stars: passwords in
// URLs, AWS keys, the parameters of signed URLs, tokens. It is the one place
// that shortens what is printed or logged.
func Redact(s string) string {
	return hide(s, func(string) string { return "***" })
}

// masked is Redact with a star for every rune, so that columns stay.
func masked(s string) string {
	return hide(s, func(secret string) string { return strings.Repeat("*", utf8.RuneCountInString(secret)) })
}

func hide(s string, star func(secret string) string) string {
	lower := strings.ToLower(s)
	for _, x := range secrets {
		if !slices.ContainsFunc(x.needles, func(n string) bool { return strings.Contains(lower, n) }) {
			continue
		}
		matches := x.form.FindAllStringSubmatchIndex(s, -1)
		for i := len(matches) - 1; i >= 0; i-- {
			from, to := matches[i][2], matches[i][3]
			s = s[:from] + star(s[from:to]) + s[to:]
		}
	}
	return s
}
