package config

import (
	"errors"
	"net/netip"
	"regexp"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// oneOf is a word, or a pattern that at least one word is of.
func oneOf(words ...string) yamldoc.Type[string] {
	exact := yamldoc.OneOf(words...)
	schema := yamldoc.Schema{"anyOf": []yamldoc.Schema{{"enum": words}, {"type": "string", "pattern": `\*`}}}
	return yamldoc.Type[string]{Schema: schema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (string, bool) {
		for _, w := range words {
			if n.Kind == yamldoc.Text && strings.Contains(n.Text, "*") && netset.Glob(n.Text, w) {
				return n.Text, true
			}
		}
		return exact.Read(d, n)
	}}
}

var (
	bucketForm  = regexp.MustCompile(`^[a-z0-9*]([a-z0-9.*_-]{0,253}[a-z0-9*])?$`)
	accountForm = regexp.MustCompile(`^([0-9]{12}|[0-9*]{0,12}\*[0-9*]{0,12})$`)
)

var (
	kindType      = oneOf("api", "resource", "customer-content", "vpce", "console", "package-repo", "unknown", "not-aws")
	variantType   = oneOf("default", "dualstack", "fips", "fips+dualstack")
	partitionType = oneOf("aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f")
)

// bucketType is what a bucket's name can be as far as host names tell it.
var bucketType = parsed(yamldoc.Schema{"type": "string", "pattern": bucketForm.String()}, func(d *yamldoc.Decoder, n *yamldoc.Node, s string) (string, bool) {
	var h reason.Because
	switch lower := strings.ToLower(s); {
	case strings.HasPrefix(lower, "arn:"):
		h = hint("DG1213.hint.arn")
	case strings.HasPrefix(lower, "s3://"):
		h = hint("DG1213.hint.uri")
	case s != lower && bucketForm.MatchString(lower):
		h = hint("DG1213.hint.case")
	case !bucketForm.MatchString(s), len(s) < 3 && !strings.Contains(s, "*"), strings.Contains(s, ".."), isAddr(s),
		strings.HasPrefix(s, "xn--"), strings.HasPrefix(s, "sthree-"):
		h = hint("DG1213.hint")
	default:
		return s, true
	}
	bad(d, n, "DG1213", h)
	return "", false
})

func isAddr(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}

// accountType is twelve digits. They are taken as written, so that a leading
// zero stays whether or not they are quoted.
var accountType = yamldoc.Type[string]{
	Schema: yamldoc.Schema{"type": []string{"string", "integer"}, "pattern": accountForm.String()},
	Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (string, bool) {
		s, ok := yamldoc.Free().Read(d, n)
		if ok && !accountForm.MatchString(s) {
			bad(d, n, "DG1214", hint("DG1214.hint"))
			return "", false
		}
		return s, ok
	},
}

// hostType is a name, a name with stars, ".suffix", or a prefix of literals.
var hostType = yamldoc.Type[host]{Schema: yamldoc.String().Schema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (host, bool) {
	s, ok := yamldoc.String().Read(d, n)
	if !ok {
		return host{}, false
	}
	out := host{name: text{V: s, Pos: n.Pos, Len: n.Len}}
	if p, err := netset.ParsePrefix(s); err == nil {
		out.net = p
		return out, true
	} else if prefixLike(s) {
		badPrefix(d, n, err)
		return host{}, false
	}
	name, h, ok := hostName(s)
	if !ok {
		bad(d, n, "DG1215", h)
		return host{}, false
	}
	out.name.V = name
	return out, true
}}

// prefixLike reports whether s was meant as a prefix.
func prefixLike(s string) bool {
	before, after, ok := strings.Cut(s, "/")
	return ok && after != "" && strings.Trim(after, "0123456789") == "" && strings.Trim(before, "0123456789abcdefABCDEF.:") == ""
}

// hostName returns s, a name with or without stars and leading dot, in lower
// case and without a trailing dot.
func hostName(s string) (string, reason.Because, bool) {
	name := strings.TrimSuffix(strings.ToLower(s), ".")
	bare := strings.ReplaceAll(strings.TrimPrefix(name, "."), "*", "x")
	h, err := netset.ParseHost(bare)
	switch {
	case strings.Contains(s, "://"):
		return "", hint("DG1215.hint.url"), false
	case strings.Contains(s, "*") && strings.Trim(s, "0123456789.*") == "" && strings.Trim(s, ".*") != "":
		return "", hint("DG1215.hint.network"), false
	case err == nil && !h.IsAddr():
		return name, reason.Because{}, true
	case err == nil:
		return "", hint("hint.write", h.Addr.String()), false
	case faultOf(err) == netset.PortInHost:
		return "", hint("DG1215.hint.port"), false
	case faultOf(err) == netset.NonASCII:
		return "", hint("DG1215.hint.ascii"), false
	}
	return "", hint("DG1215.hint"), false
}

func faultOf(err error) netset.Fault {
	if e, ok := errors.AsType[*netset.HostError](err); ok {
		return e.Fault
	}
	return ""
}
