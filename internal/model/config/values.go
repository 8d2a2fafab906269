package config

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// parsed is a type written as text: parse returns the value, or adds a problem
// at n and returns false.
func parsed[V any](schema yamldoc.Schema, parse func(d *yamldoc.Decoder, n *yamldoc.Node, s string) (V, bool)) yamldoc.Type[V] {
	text := yamldoc.String()
	if schema == nil {
		schema = text.Schema
	}
	return yamldoc.Type[V]{Schema: schema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (V, bool) {
		s, ok := text.Read(d, n)
		if !ok {
			var zero V
			return zero, false
		}
		return parse(d, n, s)
	}}
}

// bad reports that n has no value of code's sort, with a hint if there is one.
func bad(d *yamldoc.Decoder, n *yamldoc.Node, code string, hint reason.Because) *diag.Problem {
	p := d.Add(n, code, reason.New(reason.Code(code), yamldoc.Quote(n.Text), d.Key))
	p.Hint = hint
	return p
}

func hint(code string, args ...string) reason.Because { return reason.New(reason.Code(code), args...) }

// nothingAsked reports allow or deny without a matcher.
func nothingAsked(d *yamldoc.Decoder, n *yamldoc.Node) {
	d.Add(n, "DG1105", hint("DG1105", d.Key)).Hint = hint("DG1105.hint.all")
}

var versionType = yamldoc.Type[int]{Schema: yamldoc.Schema{"const": 1}, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (int, bool) {
	if n.Kind == yamldoc.Int && n.Text == "1" {
		return 1, true
	}
	if !n.Scalar() {
		return yamldoc.Integer(1, 1).Read(d, n)
	}
	shown := n.Text
	if n.Kind == yamldoc.Text {
		shown = yamldoc.Quote(n.Text)
	}
	d.Add(n, "DG1101", hint("DG1101", shown)).Hint = hint("DG1101.hint")
	return 0, false
}}

// nameType is a name that stands in the log: short and printable.
var nameType = parsed(yamldoc.Schema{"type": "string", "minLength": 1, "maxLength": maxNameRunes}, func(d *yamldoc.Decoder, n *yamldoc.Node, s string) (string, bool) {
	if !goodName(s) {
		bad(d, n, "DG1217", hint("DG1217.hint", strconv.Itoa(maxNameRunes)))
		return "", false
	}
	return s, true
})

// maxNameRunes bounds the names of rules and clients, which are metric labels.
const maxNameRunes = 100

func goodName(s string) bool {
	return s != "" && strings.TrimSpace(s) == s && len([]rune(s)) <= maxNameRunes && !strings.ContainsAny(s, "\n\r\t")
}

var endpointForm = regexp.MustCompile(`^vpce-[0-9a-f]{8,17}$`)

// endpointID is the id of a VPC endpoint: eight hex digits, or seventeen in
// ids since 2016, and whatever length comes between.
var endpointID = parsed(yamldoc.Schema{"type": "string", "pattern": endpointForm.String()}, func(d *yamldoc.Decoder, n *yamldoc.Node, s string) (string, bool) {
	if !endpointForm.MatchString(s) {
		bad(d, n, "DG1208", hint("DG1208.hint"))
		return "", false
	}
	return s, true
})

var endpointType = yamldoc.Placed(endpointID)

var dayType = parsed(yamldoc.Schema{"type": "string", "format": "date"}, func(d *yamldoc.Decoder, n *yamldoc.Node, s string) (time.Time, bool) {
	day, err := time.Parse(time.DateOnly, s)
	if err != nil {
		bad(d, n, "DG1209", hint("DG1209.hint"))
		return time.Time{}, false
	}
	return day, true
})

// proxyURL is the URL of a parent proxy.
type proxyURL struct{ address, userInfo string }

var proxyType = parsed(yamldoc.Schema{"type": "string", "pattern": "^http://"}, func(d *yamldoc.Decoder, n *yamldoc.Node, s string) (proxyURL, bool) {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme == "" || u.Host == "" || !isHost(u.Hostname()):
		bad(d, n, "DG1216", hint("DG1216.hint"))
	case u.Scheme != "http":
		bad(d, n, "DG1216", hint("DG1216.hint.scheme"))
	case u.Port() == "":
		bad(d, n, "DG1216", hint("DG1216.hint.port"))
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		bad(d, n, "DG1216", hint("DG1216.hint.path"))
	default:
		if _, ok := netset.Port(u.Port()); !ok {
			bad(d, n, "DG1216", hint("DG1216.hint"))
			break
		}
		p := proxyURL{address: u.Host}
		if u.User != nil {
			password, _ := u.User.Password()
			p.userInfo = u.User.Username() + ":" + password
		}
		return p, true
	}
	return proxyURL{}, false
})

// reasons are what a decision can give, for tests.
var reasons = []string{
	string(reason.RuleAllows), string(reason.NoRule), string(reason.RuleDenies), string(reason.UnknownClient),
	string(reason.LinkLocal), string(reason.PrivateAddress), string(reason.OwnAddress), string(reason.SpecialAddress),
	string(reason.BadName),
}
