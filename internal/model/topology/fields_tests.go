package topology

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// testType is one test. Problems in it name paths from the test on.
var testType = func() yamldoc.Type[testDraft] {
	keys := yamldoc.Object("test", testDraft{},
		yamldoc.Required("name", "Unique in the file.", placedText, func(t *testDraft) *text { return &t.name }),
		yamldoc.Required("client", "A client, also one that change adds.", placedText, func(t *testDraft) *text { return &t.client }),
		yamldoc.Optional("change", "Overrides for this test: maps are merged, anything else replaces, null removes.", changeType, func(t *testDraft) *Change { return &t.Change }),
		yamldoc.Required("request", "What the client asks for.", requestType, func(t *testDraft) *Request { return &t.Request }),
		yamldoc.Required("expect", "The answer.", expectType, func(t *testDraft) *Expect { return &t.Expect }),
		yamldoc.Required("because", "One sentence.", stringType, func(t *testDraft) *string { return &t.Because }),
	)
	return yamldoc.Type[testDraft]{Schema: keys.Schema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (t testDraft, ok bool) {
		label := labelOf(n)
		d.Within(label, func() { t, ok = keys.Read(d, n) })
		t.at, t.label = yamldoc.Item(n), label
		return t, ok
	}}
}()

// labelOf returns how problems call the test n: by its name, or by its place.
func labelOf(n *yamldoc.Node) string {
	if name := n.Find("name"); name != nil && name.Scalar() && name.Text != "" {
		return quote(name.Text)
	}
	at := yamldoc.Item(n).Pos
	return fmt.Sprintf("%d:%d", at.Line, at.Col)
}

// changeType is kept as it is: what it makes of the topology is checked once
// the topology is right.
var changeType = func() yamldoc.Type[Change] {
	return yamldoc.Type[Change]{Schema: yamldoc.Schema{"type": "object"}, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (Change, bool) {
		return Change{n}, d.Want(n, yamldoc.Map)
	}}
}()

var requestType = yamldoc.Object("request", Request{},
	yamldoc.Required("url", "http or https. Bucket, service and Region follow from it.", urlType, func(r *Request) **url.URL { return &r.URL }),
	yamldoc.Optional("action", "Default: what a plain read of the URL is, or an unnamed action of the service.", setting(stringType), func(r *Request) *Setting[string] { return &r.Action }),
	yamldoc.Optional("principal", "ACCOUNT or ACCOUNT/ROLE. Default: the account of the client's VPC, or main.", setting(principalType), func(r *Request) *Setting[Principal] { return &r.Principal }),
	yamldoc.Optional("service", "Where the name does not tell.", setting(serviceType), func(r *Request) *Setting[string] { return &r.Service }),
	yamldoc.Optional("region", "Where the name does not tell.", setting(regionType), func(r *Request) *Setting[string] { return &r.Region }),
	yamldoc.Optional("bucket", "Where the name does not tell.", setting(stringType), func(r *Request) *Setting[string] { return &r.Bucket }),
	yamldoc.Optional("idle", "Seconds without a byte in the tunnel.", setting(yamldoc.Integer(0, 1_000_000)), func(r *Request) *Setting[int] { return &r.Idle }),
)

var urlType = parsed(func(d *yamldoc.Decoder, n *yamldoc.Node) (*url.URL, bool) {
	u, ok := ParseURL(n.Text)
	if !ok {
		bad(d, n, "DG2208")
	}
	return u, ok
})

// ParseURL reads the URL of a request: http or https, with a host and without a
// user.
func ParseURL(text string) (*url.URL, bool) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return nil, false
	}
	return u, true
}

var principalForm = regexp.MustCompile(`^[a-z0-9._-]+(/[A-Za-z0-9+=,.@_/-]+)?$`)

var principalType = parsed(func(d *yamldoc.Decoder, n *yamldoc.Node) (Principal, bool) {
	p, ok := ParsePrincipal(n.Text)
	if !ok {
		bad(d, n, "DG2504")
	}
	return p, ok
})

// ParsePrincipal reads "ACCOUNT" or "ACCOUNT/ROLE". Whether there is such an
// account only a Topology knows.
func ParsePrincipal(text string) (Principal, bool) {
	if !principalForm.MatchString(text) {
		return Principal{}, false
	}
	account, role, _ := strings.Cut(text, "/")
	return Principal{account, role}, true
}

var expectType = yamldoc.Object("expect", Expect{},
	yamldoc.Required("verdict", "What the request comes to.", yamldoc.OneOf(Verdicts()...), func(e *Expect) *string { return &e.Verdict }),
	yamldoc.Required("path", "The hops, to the last that was reached.", yamldoc.AnyOf(hopType), func(e *Expect) *[]string { return &e.Path }),
	yamldoc.Required("endpoint", "The VPC endpoint towards AWS, or none.", crossedType, func(e *Expect) *string { return &e.Endpoint }),
	yamldoc.Required("dns", "Who resolves the name, and what the answer is.", dnsType, func(e *Expect) *DNS { return &e.DNS }),
	yamldoc.Optional("context", "Condition keys with their values, absent or unknown.", contextType, func(e *Expect) *[]Condition { return &e.Context }),
	yamldoc.Optional("credentials", "own, none, or proxy:NAME.", setting(someone("own", "none")), func(e *Expect) *Setting[string] { return &e.Credentials }),
	yamldoc.Optional("redirect", "The host that S3 sends the client to.", stringType, func(e *Expect) *string { return &e.Redirect }),
)

// someone is one of words, or a proxy.
func someone(words ...string) yamldoc.Type[string] {
	proxy := func(text string) bool { return strings.HasPrefix(text, "proxy:") && isName(text[len("proxy:"):]) }
	return oneOfOr(proxy, append(words, "proxy:NAME")...)
}

// crossedType is an endpoint, or none.
var crossedType = oneOfOr(func(text string) bool {
	vpc, endpoint, both := strings.Cut(text, "/")
	return both && isName(vpc) && isName(endpoint)
}, "none", "VPC/ENDPOINT")

// oneOfOr is one of words, of which the last is a form that fits judges.
func oneOfOr(fits func(text string) bool, words ...string) yamldoc.Type[string] {
	known := words[:len(words)-1]
	return parsed(func(d *yamldoc.Decoder, n *yamldoc.Node) (string, bool) {
		if slices.Contains(known, n.Text) || fits(n.Text) {
			return n.Text, true
		}
		notOneOf(d, n, words, known)
		return "", false
	})
}

var dnsType = yamldoc.Object("dns", DNS{},
	yamldoc.Required("by", "client, proxy:NAME or none.", someone("client", "none"), func(d *DNS) *string { return &d.By }),
	yamldoc.Required("answer", "What it got.", yamldoc.OneOf("public", "endpoint", "none", "not-resolved", "link-local"), func(d *DNS) *string { return &d.Answer }),
)

// hops are the sorts of hops.
var hops = []string{
	"client:", "proxy:", "nlb:", "alb:", "vpce:", "igw:", "eigw:", "nat:", "pcx:", "tgw:", "vpn:", "dx:", "internet", "imds:", "aws:",
}

var hopType = parsed(func(d *yamldoc.Decoder, n *yamldoc.Node) (string, bool) {
	sort, name, _ := strings.Cut(n.Text, ":")
	if n.Text != "internet" && (name == "" || !slices.Contains(hops, sort+":")) {
		bad(d, n, "DG2505").Hint = say("DG2505.hint", strings.Join(hops, ", "))
		return "", false
	}
	return n.Text, true
})

var contextType = func() yamldoc.Type[[]Condition] {
	values := yamldoc.Group(nil, yamldoc.Placed(scalarType))
	return yamldoc.Type[[]Condition]{Schema: values.Schema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) ([]Condition, bool) {
		entries, ok := values.Read(d, n)
		conditions := make([]Condition, 0, len(entries))
		for _, e := range entries {
			conditions = append(conditions, Condition{e.Name.V, e.V.V, e.V.Pos})
		}
		slices.SortFunc(conditions, func(a, b Condition) int { return strings.Compare(a.Key, b.Key) })
		return conditions, ok
	}}
}()

// scalarType is text, or true or false.
var scalarType = yamldoc.Type[string]{
	Schema: yamldoc.Schema{"type": []string{"string", "boolean"}},
	Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (string, bool) {
		if n.Kind == yamldoc.Bool {
			return strings.ToLower(n.Text), true
		}
		return stringType.Read(d, n)
	},
}
