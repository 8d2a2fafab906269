package policy

import (
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

// actionsType reads Action and NotAction: "*", or service:pattern.
var actionsType = texts(yamldoc.Type[string]{Schema: yamldoc.Schema{"type": "string", "pattern": `^(\*|[^:]+:.+)$`}, Read: readAction})

func readAction(d *yamldoc.Decoder, n *yamldoc.Node) (string, bool) {
	text, ok := yamldoc.String().Read(d, n)
	if !ok || text == "*" {
		return text, ok
	}
	if service, name, colon := strings.Cut(text, ":"); !colon || service == "" || name == "" {
		d.Add(n, "DG1201", reason.New("DG1201", d.Key, yamldoc.Quote(text))).Hint = reason.New("DG1201.hint.action")
		return "", false
	}
	return text, true
}

// resourcesType reads Resource and NotResource.
var resourcesType = texts(yamldoc.String())

// principalSorts are the keys of Principal.
var principalSorts = map[string]PrincipalSort{"AWS": AWS, "CanonicalUser": Canonical, "Federated": Federated, "Service": Service}

// principalsType reads Principal and NotPrincipal: "*", names of AWS
// principals, or a map of sorts to names.
var principalsType = yamldoc.Type[[]Principal]{
	Schema: yamldoc.Schema{"anyOf": []yamldoc.Schema{
		oneOrMore(yamldoc.Free().Schema),
		{"type": "object", "additionalProperties": oneOrMore(yamldoc.Free().Schema), "propertyNames": yamldoc.Schema{"enum": []string{"AWS", "CanonicalUser", "Federated", "Service"}}},
	}},
	Read: func(d *yamldoc.Decoder, n *yamldoc.Node) ([]Principal, bool) {
		if n.Kind != yamldoc.Map {
			return principals(d, n, AWS), true
		}
		var all []Principal
		for key, names := range entries(d, n) {
			sort, ok := principalSorts[key.Text]
			if !ok {
				d.Add(key, "DG1103", reason.New("DG1103", yamldoc.Quote(key.Text), "Principal")).Hint =
					yamldoc.Meant(key.Text, []string{"AWS", "CanonicalUser", "Federated", "Service"})
				continue
			}
			d.Key = key.Text
			all = append(all, principals(d, names, sort)...)
		}
		return all, true
	},
}

// principals reads the names of one sort.
func principals(d *yamldoc.Decoder, n *yamldoc.Node, sort PrincipalSort) []Principal {
	names, _ := texts(yamldoc.Free()).Read(d, n)
	var all []Principal
	for _, name := range names {
		p := Principal{sort, name}
		switch {
		case name.V == "":
			continue // has its problem
		case name.V == "*" && sort == AWS:
			p.Sort = Everyone
		case strings.ContainsAny(name.V, "*?") && sort != Federated:
			d.Add(name.Node(), "DG1201", reason.New("DG1201", d.Key, yamldoc.Quote(name.V))).Hint = reason.New("DG1201.hint.principal")
			continue
		}
		all = append(all, p)
	}
	return all
}
