package diagnose

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose/environ"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// issuers are part of the names of the CAs by which AWS's endpoints have their
// certificates: Amazon Trust Services and those that it follows
// (amazontrust.com/repository), and DigiCert's in China.
var issuers = []string{"amazon", "starfield", "digicert", "geotrust", "baltimore"}

// ownAuthorities finds a certificate that this machine trusts and the program
// does not: Python's SDK comes with a list of CAs and looks at no other, unless
// AWS_CA_BUNDLE or ca_bundle names it. SSL_CERT_FILE, REQUESTS_CA_BUNDLE and
// CURL_CA_BUNDLE mean nothing to it (measured: aws-cli 1.45.11 and 2.9.19,
// botocore 1.43.11).
func (x *exam) ownAuthorities(a facts.Attempt, s facts.Step) {
	p := x.program()
	issuer, by, _ := strings.Cut(strings.TrimPrefix(s.Detail, "issuer "), "; trusted by ")
	if p.Family() != "botocore" && !strings.HasPrefix(p.ID, "aws-cli") || issuer == "" || !isAWSName(a.URL) || x.namesAuthorities() {
		return
	}
	if slices.ContainsFunc(issuers, func(name string) bool { return strings.Contains(strings.ToLower(issuer), name) }) {
		return
	}
	x.once(Finding{
		Status: Fail, Cause: "tls-intercept", Because: because("tls.own-authorities", host(a.URL), issuer, p.ID),
		Evidence: []string{shown(a, s)}, Fix: because("tls.own-authorities.fix"),
		Commands: x.assign(pair{"AWS_CA_BUNDLE", x.systemBundle(by)}), Verify: "aws sts get-caller-identity",
	})
}

// namesAuthorities reports whether a setting gives Python's SDK other CAs.
func (x *exam) namesAuthorities() bool {
	if x.env.First("AWS_CA_BUNDLE") != nil {
		return true
	}
	return slices.ContainsFunc(x.Sources, func(s facts.Source) bool {
		return s.Form == facts.Config && slices.ContainsFunc(s.Lines, func(line string) bool {
			_, text := environ.Numbered(line)
			key, _, _ := strings.Cut(text, "=")
			return strings.TrimSpace(key) == "ca_bundle"
		})
	})
}

// systemBundle is the file of the CAs that vouched: that of a variable, or the
// system's.
func (x *exam) systemBundle(by string) string {
	for name := range strings.SplitSeq(by, ", ") {
		if path, ok := x.env.Value(name); ok && path != "" {
			return path
		}
	}
	switch {
	case x.OS != "linux":
		return "/path/to/corporate-ca.pem"
	case strings.Contains(x.Release, "Debian"), strings.Contains(x.Release, "Ubuntu"):
		return "/etc/ssl/certs/ca-certificates.crt"
	}
	return "/etc/pki/tls/certs/ca-bundle.crt"
}
