package topology

import (
	"cmp"
	"errors"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/policy"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// text is text with its place.
type text = yamldoc.At[string]

var (
	stringType = yamldoc.String()
	boolean    = setting(yamldoc.Boolean())
	placedText = yamldoc.Placed(stringType)
)

// parsed is a type written as text: parse returns the value, or reports a
// problem at n and returns false.
func parsed[V any](parse func(d *yamldoc.Decoder, n *yamldoc.Node) (V, bool)) yamldoc.Type[V] {
	return yamldoc.Type[V]{Schema: stringType.Schema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (v V, ok bool) {
		if _, ok := stringType.Read(d, n); !ok {
			return v, false
		}
		return parse(d, n)
	}}
}

// setting reads a t that may be left out.
func setting[V any](t yamldoc.Type[V]) yamldoc.Type[Setting[V]] {
	return yamldoc.Type[Setting[V]]{Schema: t.Schema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (Setting[V], bool) {
		v, ok := t.Read(d, n)
		return Setting[V]{v, Written, n.Pos}, ok
	}}
}

// orUnknown reads a t that may also be written as unknown.
func orUnknown[V any](t yamldoc.Type[V]) yamldoc.Type[Setting[V]] {
	known := setting(t)
	schema := yamldoc.Schema{"anyOf": []yamldoc.Schema{t.Schema, {"const": "unknown"}}}
	return yamldoc.Type[Setting[V]]{Schema: schema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (Setting[V], bool) {
		if isUnknown(n) {
			return Setting[V]{State: Unknown, Pos: n.Pos}, true
		}
		return known.Read(d, n)
	}}
}

func isUnknown(n *yamldoc.Node) bool { return n.Kind == yamldoc.Text && n.Text == "unknown" }

// byDefault is a setting that holds v if it is not written.
func byDefault[V any](v V) Setting[V] { return Setting[V]{V: v} }

// texts is a list of texts, each at its place.
var texts = yamldoc.AnyOf(placedText)

// distinct is a list in which nothing appears twice: what is meant instead of
// the second is lost otherwise.
func distinct[V any](t yamldoc.Type[[]V]) yamldoc.Type[[]V] {
	return yamldoc.Type[[]V]{Schema: t.Schema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) ([]V, bool) {
		values, ok := t.Read(d, n)
		first := make(map[string]*yamldoc.Node, len(n.Items))
		for _, item := range n.Items {
			if f, twice := first[item.Text]; twice && item.Scalar() && item.Kind != yamldoc.Null {
				d.Add(item, "DG2108", say("DG2108", quote(item.Text))).Hint = say("DG2108.hint", strconv.Itoa(f.Pos.Line))
				continue
			}
			first[item.Text] = item
		}
		return values, ok
	}}
}

// places is a list of places, which may be unknown.
var places = orUnknown(distinct(texts))

// oneOrMore is a name, or a list of at least one.
var oneOrMore = func() yamldoc.Type[[]text] {
	list := distinct(yamldoc.ListOf(placedText))
	schema := yamldoc.Schema{"anyOf": []yamldoc.Schema{stringType.Schema, list.Schema}}
	return yamldoc.Type[[]text]{Schema: schema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) ([]text, bool) {
		if n.Kind == yamldoc.List {
			return list.Read(d, n)
		}
		v, ok := placedText.Read(d, n)
		return []text{v}, ok
	}}
}()

// cidrOf reads a CIDR of one family.
func cidrOf(v6 bool) yamldoc.Type[netip.Prefix] {
	return parsed(func(d *yamldoc.Decoder, n *yamldoc.Node) (netip.Prefix, bool) {
		p, ok := cidr(n, func(code reason.Code, hint reason.Because) { bad(d, n, code).Hint = hint })
		if ok && p.Addr().Is6() != v6 {
			bad(d, n, map[bool]reason.Code{false: "DG2202.v4", true: "DG2202.v6"}[v6])
			return p, false
		}
		return p, ok
	})
}

// cidr reads n as a CIDR, or tells wrong what is wrong with it.
func cidr(n *yamldoc.Node, wrong func(code reason.Code, hint reason.Because)) (netip.Prefix, bool) {
	p, err := netset.ParsePrefix(n.Text)
	switch e, _ := errors.AsType[*netset.PrefixError](err); {
	case e != nil && e.Meant.IsValid():
		wrong("DG2202.bits", say("DG2202.hint", e.Meant.String()))
	case e != nil:
		wrong("DG2202", reason.Because{})
	case !strings.Contains(n.Text, "/"):
		wrong("DG2202", say("DG2202.hint", p.String()))
	default:
		return p, true
	}
	return netip.Prefix{}, false
}

func addrOf(v6 bool) yamldoc.Type[netip.Addr] {
	return parsed(func(d *yamldoc.Decoder, n *yamldoc.Node) (netip.Addr, bool) {
		a, err := netip.ParseAddr(n.Text)
		if err != nil || a.Zone() != "" || a.Is6() != v6 || a.Is4In6() {
			bad(d, n, map[bool]reason.Code{false: "DG2204.v4", true: "DG2204.v6"}[v6])
			return netip.Addr{}, false
		}
		return a, true
	})
}

var (
	cidr4, cidr6 = cidrOf(false), cidrOf(true)
	addr4, addr6 = addrOf(false), addrOf(true)
	portType     = portOf()
	seconds      = yamldoc.Integer(1, 1_000_000)
)

func portOf() yamldoc.Type[uint16] {
	number := yamldoc.Integer(1, 65535)
	return yamldoc.Type[uint16]{Schema: number.Schema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (uint16, bool) {
		v, ok := number.Read(d, n)
		return uint16(v), ok
	}}
}

// regionType is anything of the shape of a Region: new ones appear faster than
// releases of this program.
var regionType = parsed(func(d *yamldoc.Decoder, n *yamldoc.Node) (string, bool) {
	if awsdata.RegionShape(n.Text) {
		return n.Text, true
	}
	known := make([]string, 0, len(awsdata.Regions()))
	for _, r := range awsdata.Regions() {
		known = append(known, r.Name)
	}
	bad(d, n, "DG2205").Hint = meant(strings.ToLower(n.Text), known)
	return "", false
})

var accountForm = regexp.MustCompile(`^[0-9]{12}$`)

var accountID = parsed(func(d *yamldoc.Decoder, n *yamldoc.Node) (string, bool) {
	if !accountForm.MatchString(n.Text) {
		bad(d, n, "DG2210").Hint = say("DG2210.hint")
		return "", false
	}
	return n.Text, true
})

var serviceForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)*$`)

var serviceType = parsed(func(d *yamldoc.Decoder, n *yamldoc.Node) (string, bool) {
	if !serviceForm.MatchString(n.Text) {
		bad(d, n, "DG2211").Hint = say("DG2211.hint")
		return "", false
	}
	return n.Text, true
})

var (
	domainForm  = regexp.MustCompile(`^\.?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$`)
	privateForm = regexp.MustCompile(`^(\*\.)?[a-z0-9_][a-z0-9._-]*$`)
)

// domainType is "example.com", or ".example.com" for the names below it too.
var domainType = domain(domainForm, "DG2206.hint")

// exactDomain is "example.com"; privateName may also begin with "*.".
var (
	exactDomain = domain(regexp.MustCompile(`^[^.*]`), "DG2206.hint.exact")
	privateName = domain(privateForm, "DG2206.hint.exact")
)

func domain(form *regexp.Regexp, hint string) yamldoc.Type[string] {
	return parsed(func(d *yamldoc.Decoder, n *yamldoc.Node) (string, bool) {
		if bare := strings.TrimPrefix(n.Text, "*"); !form.MatchString(n.Text) || !domainForm.MatchString(bare) {
			bad(d, n, "DG2206").Hint = say(hint)
			return "", false
		}
		return n.Text, true
	})
}

// zoneName checks the name of a zone, which is in small letters; "." stands for
// every name.
func zoneName(d *yamldoc.Decoder, name *yamldoc.Node) bool {
	if zone := strings.Trim(name.Text, "."); name.Text == "." || zone != "" && domainForm.MatchString(zone) && name.Text[0] != '.' {
		return true
	}
	d.Add(name, "DG2206", say("DG2206", quote(name.Text)).With(here(d))).Hint = say("DG2206.hint.exact")
	return false
}

// noProxyEntry is one entry of NO_PROXY.
var noProxyEntry = parsed(func(d *yamldoc.Decoder, n *yamldoc.Node) (string, bool) {
	var p *diag.Problem
	switch s := n.Text; {
	case strings.Contains(s, "://"):
		p = bad(d, n, "DG2207.url")
		p.Hint = say("DG2207.hint.url")
	case strings.ContainsAny(s, ",;| \t\n\r"):
		p = bad(d, n, "DG2207")
		p.Hint = say("DG2207.hint")
	case strings.Contains(s, "/"):
		if _, err := netip.ParsePrefix(strings.NewReplacer("[", "", "]", "").Replace(s)); err == nil {
			return s, true
		}
		bad(d, n, "DG2202")
		return "", false
	default:
		return s, true
	}
	return "", false
})

// programType is the name of a program. The names of the format are listed, and
// every other is accepted.
var programType = func() yamldoc.Type[string] {
	all := Programs()
	return yamldoc.Type[string]{Schema: yamldoc.Schema{"enum": all}, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (string, bool) {
		if _, ok := stringType.Read(d, n); !ok {
			return "", false
		}
		if !slices.Contains(all, n.Text) {
			notOneOf(d, n, programs, all)
			return "", false
		}
		return n.Text, true
	}}
}()

// word is one of words, which stand for values.
func word[V any](words []string, values ...V) yamldoc.Type[Setting[V]] {
	one := yamldoc.OneOf(words...)
	return setting(yamldoc.Type[V]{Schema: one.Schema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (v V, ok bool) {
		w, ok := one.Read(d, n)
		if !ok {
			return v, false
		}
		return values[slices.Index(words, w)], true
	}})
}

// natType is true, false, or the public address of the gateway.
var natType = setting(yamldoc.Type[NAT]{
	Schema: yamldoc.Schema{"type": []string{"boolean", "string"}},
	Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (NAT, bool) {
		if n.Kind == yamldoc.Text {
			a, ok := addr4.Read(d, n)
			return NAT{true, a}, ok
		}
		here, ok := yamldoc.Boolean().Read(d, n)
		return NAT{Here: here}, ok
	},
})

// privateDNSType is all, inbound-only or a plain false.
var privateDNSType = setting(yamldoc.Type[PrivateDNS]{
	Schema: yamldoc.Schema{"enum": []any{"all", "inbound-only", false}},
	Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (PrivateDNS, bool) {
		words := []string{"all", "inbound-only", "false"}
		switch {
		case n.Kind == yamldoc.Bool && strings.EqualFold(n.Text, "false"):
			return PrivateDNSOff, true
		case n.Kind == yamldoc.Text && n.Text == words[0]:
			return PrivateDNSAll, true
		case n.Kind == yamldoc.Text && n.Text == words[1]:
			return PrivateDNSInboundOnly, true
		case n.Scalar():
			notOneOf(d, n, words, words)
		default:
			d.Want(n, yamldoc.Text)
		}
		return 0, false
	},
})

// envType says which variables are set.
var envType = func() yamldoc.Type[Setting[ProxyEnv]] {
	list := distinct(yamldoc.AnyOf(yamldoc.Placed(yamldoc.OneOf("http", "https"))))
	return setting(yamldoc.Type[ProxyEnv]{Schema: list.Schema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (e ProxyEnv, ok bool) {
		values, ok := list.Read(d, n)
		for _, v := range values {
			e.HTTP, e.HTTPS = e.HTTP || v.V == "http", e.HTTPS || v.V == "https"
		}
		return e, ok
	}})
}()

var (
	endpointPolicy = policyOf("DG2212", "full", "unknown")
	bucketPolicy   = policyOf("DG2212.list", "unknown")
)

// policyOf is a list of statements, or one of words. Code says that something
// else is neither.
func policyOf(code string, words ...string) yamldoc.Type[Setting[policy.Policy]] {
	known := setting(policy.Type(words...))
	return yamldoc.Type[Setting[policy.Policy]]{Schema: known.Schema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (Setting[policy.Policy], bool) {
		if n.Scalar() && !slices.Contains(words, n.Text) {
			d.Add(n, page(reason.Code(code)), say(code, found(n)).With(here(d))).Hint = meant(n.Text, words)
			return Setting[policy.Policy]{}, false
		}
		s, ok := known.Read(d, n)
		if isUnknown(n) {
			s.State = Unknown
		}
		sorted(s.V)
		return s, ok
	}}
}

// sorted brings the parts of p that are maps in the file into an order of their
// own: what explains a verdict does not depend on the file's.
func sorted(p policy.Policy) {
	for _, s := range p.Statements {
		slices.SortStableFunc(s.Principal.Names, func(a, b policy.Principal) int { return cmp.Compare(a.Sort, b.Sort) })
		slices.SortStableFunc(s.Conditions, func(a, b policy.Condition) int {
			return cmp.Or(cmp.Compare(a.Operator.Name, b.Operator.Name), cmp.Compare(a.Key.V, b.Key.V))
		})
	}
}
