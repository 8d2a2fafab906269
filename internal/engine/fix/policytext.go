package fix

import (
	"strconv"
	"strings"

	"github.com/deguchi-project/deguchi/internal/model/policy"
)

func itoa(n int) string { return strconv.Itoa(n) }

func join(parts []string) string { return strings.Join(parts, ", ") }

// statements returns a policy as a topology writes it, in flow style.
func statements(all []policy.Statement) string {
	parts := make([]string, len(all))
	for i, st := range all {
		parts[i] = statement(st)
	}
	return "[" + join(parts) + "]"
}

func statement(st policy.Statement) string {
	var parts []string
	add := func(key, value string) {
		if value != "" {
			parts = append(parts, key+": "+value)
		}
	}
	if st.Sid != "" {
		add("Sid", scalar(st.Sid))
	}
	add("Effect", st.Effect.String())
	add(not("Principal", st.Principal.Not), principals(st.Principal.Names))
	add(not("Action", st.Action.Not), oneOrMore(st.Action.Texts))
	add(not("Resource", st.Resource.Not), oneOrMore(st.Resource.Texts))
	add("Condition", conditions(st.Conditions))
	return "{" + join(parts) + "}"
}

func not(key string, is bool) string {
	if is {
		return "Not" + key
	}
	return key
}

// oneOrMore is a text, or a list of several.
func oneOrMore(texts []policy.Text) string {
	if len(texts) == 1 {
		return scalar(texts[0].V)
	}
	return several(texts)
}

// several is a list of texts; empty if there are none.
func several(texts []policy.Text) string {
	if len(texts) == 0 {
		return ""
	}
	values := make([]string, len(texts))
	for i, t := range texts {
		values[i] = t.V
	}
	return list(values...)
}

// sorts are the keys of the principals that stand in a map.
var sorts = map[policy.PrincipalSort]string{
	policy.AWS: "AWS", policy.Service: "Service", policy.Federated: "Federated", policy.Canonical: "CanonicalUser",
}

func principals(names []policy.Principal) string {
	if len(names) == 1 && names[0].Sort <= policy.AWS {
		return scalar(names[0].Name.V)
	}
	var order []policy.PrincipalSort
	of := make(map[policy.PrincipalSort][]policy.Text)
	for _, n := range names {
		sort := max(n.Sort, policy.AWS) // "*" among others stands under AWS
		if of[sort] == nil {
			order = append(order, sort)
		}
		of[sort] = append(of[sort], n.Name)
	}
	var parts []string
	for _, sort := range order {
		parts = append(parts, sorts[sort]+": "+several(of[sort]))
	}
	if parts == nil {
		return ""
	}
	return "{" + join(parts) + "}"
}

// conditions groups keys below their operators.
func conditions(all []policy.Condition) string {
	var order []string
	of := make(map[string][]string)
	for _, c := range all {
		op := c.Operator.Name
		if of[op] == nil {
			order = append(order, op)
		}
		of[op] = append(of[op], scalar(c.Key.V)+": "+several(c.Values))
	}
	var parts []string
	for _, op := range order {
		parts = append(parts, op+": {"+join(of[op])+"}")
	}
	if parts == nil {
		return ""
	}
	return "{" + join(parts) + "}"
}
