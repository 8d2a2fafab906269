package lint

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
)

// kind is what an entry is, once its spelling is set right.
type kind int

const (
	malformed  kind = iota
	everything      // *
	globbed         // s3.*.amazonaws.com, 10.1.*
	starred         // *.x, *x
	prefix          // 10.0.0.0/8
	address4        //
	address6        // with or without brackets
	dotted          // .x
	named           // x
)

// form is the meaning of an entry.
type form struct {
	kind kind
	name string // x of a name in one of its forms
	// witnesses are what the entry is to keep from the proxy, by all accounts.
	witnesses []noproxy.Target
	// spellings are entries that may do what it means, the usual ones first.
	spellings []string
}

// known are the networks of which it is known what is asked for by HTTP in them.
var known = []netip.Prefix{
	netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("fd00:ec2::/32"), netip.MustParsePrefix("127.0.0.0/8"),
}

// asked are the addresses in them: those that credentials come from, and this
// machine.
var asked = []netip.Addr{
	netip.MustParseAddr("127.0.0.1"),
	netip.MustParseAddr("169.254.169.254"), netip.MustParseAddr("169.254.170.2"), netip.MustParseAddr("169.254.170.23"),
	netip.MustParseAddr("fd00:ec2::254"), netip.MustParseAddr("fd00:ec2::23"),
}

// formOf reads text, an entry in lower case without blanks, quotes, scheme,
// port and trailing dot.
func formOf(text string) form {
	if text == "*" {
		return form{everything, "", []noproxy.Target{https("one.example"), plain("192.0.2.1")}, []string{"*"}}
	}
	if p, err := netip.ParsePrefix(strings.NewReplacer("[", "", "]", "").Replace(text)); err == nil {
		return prefixForm(p)
	}
	if a, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil && a.Zone() == "" {
		return addressForm(a)
	}
	if x, ok := strings.CutPrefix(text, "*"); ok && !strings.Contains(x, "*") {
		x = strings.TrimPrefix(x, ".")
		return nameForm(starred, x, https("a."+x), "."+x, "*."+x)
	}
	if strings.Contains(text, "*") {
		return globForm(text)
	}
	if x, ok := strings.CutPrefix(text, "."); ok {
		return nameForm(dotted, x, https("a."+x), "."+x, x, "*."+x)
	}
	return nameForm(named, text, https(text), text, "."+text, "*."+text)
}

func nameForm(k kind, name string, witness noproxy.Target, spellings ...string) form {
	if !hostShaped(name) {
		return form{}
	}
	return form{k, name, []noproxy.Target{witness}, spellings}
}

// hostShaped reports whether name can be a host's: letters, digits, hyphens and
// underscores between dots, and not digits alone at its end, which would be an
// address.
func hostShaped(name string) bool {
	labels := strings.Split(name, ".")
	for _, label := range labels {
		if label == "" || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return strings.Trim(labels[len(labels)-1], "0123456789") != ""
}

func addressForm(a netip.Addr) form {
	f := form{kind: address4, witnesses: []noproxy.Target{plain(a.String())}, spellings: []string{a.String()}}
	if a.Is6() {
		f.kind = address6
		f.spellings = append(f.spellings, "["+a.String()+"]")
	}
	return f
}

// prefixForm: a prefix means the addresses in it, as far as somebody asks for
// one. What those are is known of few networks only.
func prefixForm(p netip.Prefix) form {
	if p.IsSingleIP() {
		f := addressForm(p.Addr())
		f.kind = prefix
		return f
	}
	f := form{kind: prefix}
	within := func(network netip.Prefix) bool {
		return network.Bits() <= p.Bits() && network.Contains(p.Addr())
	}
	if slices.ContainsFunc(known, within) {
		for _, a := range asked {
			if p.Contains(a) {
				one := addressForm(a)
				f.witnesses = append(f.witnesses, one.witnesses...)
				f.spellings = append(f.spellings, one.spellings...)
			}
		}
	}
	if f.spellings == nil {
		f.witnesses = []noproxy.Target{plain(p.Masked().Addr().Next().String())}
		f.spellings = []string{p.Masked().String()}
	}
	return f
}

// globForm stands with an example for each star. Numbers with stars behind them
// are what others write as a prefix.
func globForm(text string) form {
	name := strings.Trim(strings.ReplaceAll(text, "*", "a"), ".")
	if strings.Trim(text, "0123456789.*") != "" {
		if !hostShaped(name) {
			return form{}
		}
		return form{globbed, "", []noproxy.Target{https(name)}, []string{text}}
	}
	numbers := strings.Trim(strings.TrimRight(text, ".*"), ".")
	stars := strings.Trim(strings.TrimPrefix(text, numbers), ".")
	missing := 3 - strings.Count(numbers, ".")
	if strings.Trim(stars, ".*") != "" || strings.Contains(stars, "**") || missing < 1 || strings.Count(stars, ".") >= missing {
		return form{}
	}
	p, err := netip.ParsePrefix(numbers + strings.Repeat(".0", missing) + "/" + strconv.Itoa(32-8*missing))
	if err != nil {
		return form{}
	}
	f := prefixForm(p)
	f.kind, f.spellings = globbed, append([]string{text}, f.spellings...)
	return f
}

// https and plain are targets as names and as addresses are asked for.
func https(host string) noproxy.Target { return noproxy.Target{Scheme: "https", Host: host} }
func plain(host string) noproxy.Target { return noproxy.Target{Scheme: "http", Host: host} }
