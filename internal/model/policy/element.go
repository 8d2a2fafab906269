package policy

import (
	"regexp"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// texts reads one item, or a list of them.
func texts(item yamldoc.Type[string]) yamldoc.Type[[]Text] {
	one := yamldoc.Placed(item)
	list := yamldoc.ListOf(one)
	return yamldoc.Type[[]Text]{Schema: oneOrMore(item.Schema), Read: func(d *yamldoc.Decoder, n *yamldoc.Node) ([]Text, bool) {
		if n.Kind == yamldoc.List {
			return list.Read(d, n)
		}
		t, ok := one.Read(d, n)
		return []Text{t}, ok
	}}
}

// actionForm is "*", or a service and the name of an action, in which alone
// there may be wildcards (IAM User Guide, "Grammar of the IAM JSON policy
// language"). "*:*", which IAM takes, is every action.
var actionForm = regexp.MustCompile(`^(\*|(\*|[A-Za-z0-9-]+):[^:]+)$`)

// actionsType reads Action and NotAction.
var actionsType = texts(yamldoc.Type[string]{Schema: yamldoc.Schema{"type": "string", "pattern": actionForm.String()}, Read: readAction})

func readAction(d *yamldoc.Decoder, n *yamldoc.Node) (string, bool) {
	text, ok := yamldoc.String().Read(d, n)
	if !ok {
		return text, ok
	}
	if !actionForm.MatchString(text) {
		d.Add(n, "DG2403", reason.New("DG2403", yamldoc.Quote(text), d.Path())).Hint = reason.New("DG2403.hint")
		return "", false
	}
	return text, true
}

// resourcesType reads Resource and NotResource.
var resourcesType = texts(yamldoc.String())

// principalsType reads Principal and NotPrincipal: "*", names of AWS
// principals, or a map of sorts to names.
var principalsType = yamldoc.Type[[]Principal]{
	Schema: yamldoc.Schema{"anyOf": []yamldoc.Schema{namesOf(AWS).Schema, principalMap.Schema}},
	Read: func(d *yamldoc.Decoder, n *yamldoc.Node) ([]Principal, bool) {
		switch {
		case n.Kind != yamldoc.Map:
			return namesOf(AWS).Read(d, n)
		case len(n.Entries) == 0: // says so; nobody is not everybody
			_, ok := yamldoc.MapOf(yamldoc.Raw()).Read(d, n)
			return nil, ok
		}
		sorts, ok := principalMap.Read(d, n)
		return append(append(append(sorts[AWS], sorts[Service]...), sorts[Federated]...), sorts[Canonical]...), ok
	},
}

// principalMap reads the names of each sort.
var principalMap = yamldoc.Object("Principal", bySort{},
	yamldoc.Optional("AWS", `Accounts, ARNs, or "*".`, namesOf(AWS), func(p *bySort) *[]Principal { return &p[AWS] }),
	yamldoc.Optional("Service", "AWS services: logging.s3.amazonaws.com.", namesOf(Service), func(p *bySort) *[]Principal { return &p[Service] }),
	yamldoc.Optional("Federated", "Identity providers.", namesOf(Federated), func(p *bySort) *[]Principal { return &p[Federated] }),
	yamldoc.Optional("CanonicalUser", "Canonical user ids of accounts.", namesOf(Canonical), func(p *bySort) *[]Principal { return &p[Canonical] }),
)

// bySort holds principals by their sort.
type bySort [Canonical + 1][]Principal

// namesOf reads the names of one sort.
func namesOf(sort PrincipalSort) yamldoc.Type[[]Principal] {
	names := texts(yamldoc.Free())
	return yamldoc.Type[[]Principal]{Schema: names.Schema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) ([]Principal, bool) {
		list, ok := names.Read(d, n)
		var all []Principal
		for _, name := range list {
			p := Principal{sort, name}
			if name.V == "*" && sort == AWS {
				p.Sort = Everyone
			} else if strings.ContainsAny(name.V, "*?") && sort != Federated {
				d.Add(name.Node(), "DG2404", reason.New("DG2404", yamldoc.Quote(name.V), d.Path())).Hint = reason.New("DG2404.hint")
				ok = false
			}
			all = append(all, p)
		}
		return all, ok
	}}
}
