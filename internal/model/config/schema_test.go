package config

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// TestSchemaAgreesWithParse: what Parse takes the schema takes, and what is
// wrong in shape it refuses.
func TestSchemaAgreesWithParse(t *testing.T) {
	contract, err := os.ReadFile("testdata/contract.yaml")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		src  string
		want string // empty: it is valid
	}{
		"the default configuration": {string(DefaultSource()), ""},
		"the example of the format": {string(contract), ""},
		"numbers where both are":    {"version: 1\nlimits: {header: 4096, lifetime: 0}\nrules: [{allow: {accounts: [111122223333], ports: [80, 1-9, \"*\"]}, ticket: 7}]\n", ""},
		"another version":           {"version: 2\n", ".version: not 1"},
		"version as text":           {"version: \"1\"\n", ".version: not 1"},
		"no version":                {"mode: enforce\n", ": lacks version"},
		"unknown key":               {"version: 1\nlimit: {}\n", ": has limit"},
		"unknown key further down":  {"version: 1\nrules: [{allow: {service: [s3]}}]\n", ".rules[0].allow: has service"},
		"one value for a list":      {"version: 1\nrules: [{allow: {services: s3}}]\n", ".rules[0].allow.services: not array"},
		"unknown word":              {"version: 1\nmode: observed\n", ".mode: no word of [enforce observe]"},
		"port out of range":         {"version: 1\ntests: [{host: a, verdict: denied, port: 0}]\n", ".tests[0].port: below 1"},
		"no endpoint id":            {"version: 1\nclients: {a: {endpoints: [vpce-svc-01234567]}}\n", `.clients.a.endpoints[0]: not ^vpce-[0-9a-f]{8,17}$`},
		"empty list":                {"version: 1\nclients: {a: {from: []}}\n", ".clients.a.from: empty"},
	}
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			n, problems := yamldoc.Parse("f", []byte(tt.src))
			if len(problems) > 0 {
				t.Fatalf("not YAML: %v", problems)
			}
			if got := violation(schema, n); got != tt.want {
				t.Errorf("%q violates %q, want %q", tt.src, got, tt.want)
			}
		})
	}
}

// violation returns the first way in which n is not as schema says: the part
// of JSON Schema that our tables use.
func violation(schema map[string]any, n *yamldoc.Node) string {
	if want, ok := schema["const"]; ok && (n.Kind != yamldoc.Int || n.Text != fmt.Sprint(want)) {
		return fmt.Sprintf(": not %v", want)
	}
	if words, ok := schema["enum"].([]any); ok && (n.Kind != yamldoc.Text || !slices.Contains(words, any(n.Text))) {
		return fmt.Sprintf(": no word of %v", words)
	}
	if options, ok := schema["anyOf"].([]any); ok && !slices.ContainsFunc(options, func(o any) bool { return violation(o.(map[string]any), n) == "" }) {
		return ": none of several"
	}
	if v := typeViolation(schema, n); v != "" {
		return v
	}
	switch n.Kind {
	case yamldoc.Map:
		return mapViolation(schema, n)
	case yamldoc.List:
		if least, ok := schema["minItems"].(float64); ok && len(n.Items) < int(least) {
			return ": empty"
		}
		for i, item := range n.Items {
			if v := violation(schema["items"].(map[string]any), item); v != "" {
				return "[" + strconv.Itoa(i) + "]" + v
			}
		}
	case yamldoc.Text:
		if pattern, ok := schema["pattern"].(string); ok && !regexp.MustCompile(pattern).MatchString(n.Text) {
			return ": not " + pattern
		}
	case yamldoc.Int:
		if v, err := strconv.ParseFloat(n.Text, 64); err == nil {
			if least, ok := schema["minimum"].(float64); ok && v < least {
				return fmt.Sprintf(": below %v", least)
			}
		}
	case yamldoc.Bool, yamldoc.Null, yamldoc.Broken:
	}
	return ""
}

func typeViolation(schema map[string]any, n *yamldoc.Node) string {
	names := map[yamldoc.Kind]string{
		yamldoc.Map: "object", yamldoc.List: "array", yamldoc.Text: "string",
		yamldoc.Int: "integer", yamldoc.Bool: "boolean", yamldoc.Null: "null",
	}
	switch want := schema["type"].(type) {
	case string:
		if want != names[n.Kind] {
			return ": not " + want
		}
	case []any:
		if !slices.Contains(want, any(names[n.Kind])) {
			return fmt.Sprintf(": none of %v", want)
		}
	}
	return ""
}

func mapViolation(schema map[string]any, n *yamldoc.Node) string {
	required, _ := schema["required"].([]any)
	for _, key := range required {
		if n.Find(key.(string)) == nil {
			return ": lacks " + key.(string)
		}
	}
	properties, _ := schema["properties"].(map[string]any)
	for _, e := range n.Entries {
		of, ok := properties[e.Key.Text].(map[string]any)
		if !ok {
			of, ok = schema["additionalProperties"].(map[string]any)
		}
		if !ok {
			return ": has " + e.Key.Text
		}
		if v := violation(of, e.Value); v != "" {
			return "." + e.Key.Text + v
		}
	}
	return ""
}
