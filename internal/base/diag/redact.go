package diag

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// secrets finds what must not be shown; the first group that matched is the
// secret. Formats: URLs as in RFC 3986; access keys as in the IAM user guide,
// "Understanding unique ID prefixes"; the parameters of a signed URL as in the
// S3 API reference, "Authenticating Requests: Using Query Parameters".
var secrets = []*regexp.Regexp{
	regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^/?#\s:@]*:([^/?#\s]*)@`),
	regexp.MustCompile(`\b((?:AKIA|ASIA)[A-Z0-9]{12,})\b`),
	regexp.MustCompile(`(?i)\b(?:x-amz-(?:signature|security-token|credential)|signature|awsaccesskeyid|sig|token)=([^&\s"']+)`),
	regexp.MustCompile(`(?i)\b(?:aws_secret_access_key|aws_session_token|secretaccesskey|sessiontoken|password|passwd|secret)["']?\s*[=:]\s*["']?([^\s"',}]+)`),
	regexp.MustCompile(`(?i)\b(?:proxy-)?authorization:\s*(?:basic|bearer|digest)?\s*(\S.*)`),
	regexp.MustCompile(`(?i)\bbearer\s+([A-Za-z0-9._~+/=-]{8,})`),
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
	for _, re := range secrets {
		matches := re.FindAllStringSubmatchIndex(s, -1)
		for i := len(matches) - 1; i >= 0; i-- {
			from, to := matches[i][2], matches[i][3]
			s = s[:from] + star(s[from:to]) + s[to:]
		}
	}
	return s
}
