package policy

import (
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// elements is a statement as it is written: of each pair at most one.
type elements struct {
	sid                     string
	effect                  Effect
	principal, notPrincipal []Principal
	action, notAction       []Text
	resource, notResource   []Text
	conditions              []Condition
}

var elementsType = yamldoc.Object("statement", elements{},
	yamldoc.Optional("Sid", "The statement's name.", yamldoc.Free(), func(e *elements) *string { return &e.sid }),
	yamldoc.Required("Effect", "Allow or Deny.", effectType, func(e *elements) *Effect { return &e.effect }),
	yamldoc.Optional("Principal", `Who: "*", accounts, ARNs, or a map such as {Service: …}.`, principalsType, func(e *elements) *[]Principal { return &e.principal }),
	yamldoc.Optional("NotPrincipal", "Everyone but these.", principalsType, func(e *elements) *[]Principal { return &e.notPrincipal }),
	yamldoc.Optional("Action", "What: s3:GetObject; * and ? are wildcards.", actionsType, func(e *elements) *[]Text { return &e.action }),
	yamldoc.Optional("NotAction", "Every action but these.", actionsType, func(e *elements) *[]Text { return &e.notAction }),
	yamldoc.Optional("Resource", "ARNs; * and ? are wildcards.", resourcesType, func(e *elements) *[]Text { return &e.resource }),
	yamldoc.Optional("NotResource", "Every resource but these.", resourcesType, func(e *elements) *[]Text { return &e.notResource }),
	yamldoc.Optional("Condition", "Operators, below them keys, below them values.", conditionsType, func(e *elements) *[]Condition { return &e.conditions }),
)

// effectType is Allow or Deny.
var effectType = func() yamldoc.Type[Effect] {
	one := yamldoc.OneOf(Allow.String(), Deny.String())
	return yamldoc.Type[Effect]{Schema: one.Schema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (Effect, bool) {
		text, ok := one.Read(d, n)
		if text == Allow.String() {
			return Allow, ok
		}
		return Deny, ok
	}}
}()

// statementType reads one statement.
var statementType = yamldoc.Type[Statement]{Schema: elementsType.Schema, Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (Statement, bool) {
	e, ok := elementsType.Read(d, n)
	if !ok {
		return Statement{}, false
	}
	for _, element := range []string{"Principal", "Action", "Resource"} {
		if n.Find(element) != nil && n.Find("Not"+element) != nil {
			d.Add(place(n), "DG2405", reason.New("DG2405", element, "Not"+element)).Hint = reason.New("DG2405.hint")
		}
	}
	return Statement{
		Pos: place(n).Pos, Sid: e.sid, Effect: e.effect,
		Principal:  Principals{Not: len(e.notPrincipal) > 0, Names: append(e.principal, e.notPrincipal...)},
		Action:     Patterns{Not: len(e.notAction) > 0, Texts: append(e.action, e.notAction...)},
		Resource:   Patterns{Not: len(e.notResource) > 0, Texts: append(e.resource, e.notResource...)},
		Conditions: e.conditions,
	}, true
}}

// place is where the statement n stands: its first key.
func place(n *yamldoc.Node) *yamldoc.Node {
	if len(n.Entries) > 0 {
		return n.Entries[0].Key
	}
	return n
}

// Type reads the policy of a topology: a list of statements, or one of words,
// which are "full" and "unknown" as far as they make sense at that place. A
// policy that has a problem may lack what the problem is about.
func Type(words ...string) yamldoc.Type[Policy] {
	list, word := yamldoc.AnyOf(statementType), yamldoc.OneOf(words...)
	return yamldoc.Type[Policy]{
		Schema: yamldoc.Schema{"anyOf": []yamldoc.Schema{word.Schema, list.Schema}},
		Read: func(d *yamldoc.Decoder, n *yamldoc.Node) (Policy, bool) {
			if n.Kind != yamldoc.Text || len(words) == 0 {
				statements, ok := list.Read(d, n)
				return Policy{Statements: statements}, ok
			}
			w, ok := word.Read(d, n)
			return Policy{Extent: extents[w]}, ok
		},
	}
}

// extents are the words for a policy whose statements are not listed.
var extents = map[string]Extent{"full": Full, "unknown": Unknown}
