package topology

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"testing"

	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// TestSchema: what Parse takes the schema takes, and what is wrong in shape it
// refuses.
func TestSchema(t *testing.T) {
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	for name, src := range files(t) {
		n, _ := yamldoc.Parse(name, []byte(src))
		if got := violation(schema, n); got != "" {
			t.Errorf("%s violates %q", name, got)
		}
	}
	tests := map[string]mistake{
		"another version": {"version: 1", "version: 2", []string{".version: not 1"}},
		"missing key":     {"at: app/private, ", "", []string{".clients.ec2: lacks at"}},
		"unknown key":     {"no_proxy:", "no_prxy:", []string{".clients.ec2: has no_prxy"}},
		"wrong type":      {"igw: true", "igw: 1", []string{".vpcs.app.igw: not boolean"}},
		"unknown word":    {"proxy: proxy,", "proxy: proxy, credentials: none,", []string{".clients.ec2.credentials: none of its words"}},
		"unknown verdict": {"verdict: reached", "verdict: reach", []string{".tests[0].expect.verdict: none of its words"}},
		"list or unknown": {"[169.254.169.254]", "localhost", []string{".clients.ec2.no_proxy: none of several"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			n, _ := yamldoc.Parse("f.yaml", []byte(spoilt(t, tt.old, tt.put)))
			if got := violation(schema, n); got != tt.want[0] {
				t.Errorf("%q violates %q, want %q", tt.put, got, tt.want[0])
			}
		})
	}
}

// violation returns the first way in which n is not as schema says: the part
// of JSON Schema that our tables use.
func violation(schema map[string]any, n *yamldoc.Node) string {
	names := map[yamldoc.Kind]string{
		yamldoc.Map: "object", yamldoc.List: "array", yamldoc.Text: "string",
		yamldoc.Int: "integer", yamldoc.Bool: "boolean", yamldoc.Null: "null",
	}
	if want, ok := schema["const"]; ok && n.Text != fmt.Sprint(want) {
		return fmt.Sprintf(": not %v", want)
	}
	if words, ok := schema["enum"].([]any); ok && !slices.ContainsFunc(words, func(w any) bool { return fmt.Sprint(w) == n.Text }) {
		return ": none of its words"
	}
	if options, ok := schema["anyOf"].([]any); ok && !slices.ContainsFunc(options, func(o any) bool { return violation(o.(map[string]any), n) == "" }) {
		return ": none of several"
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
	if pattern, ok := schema["pattern"].(string); ok && n.Kind == yamldoc.Text && !regexp.MustCompile(pattern).MatchString(n.Text) {
		return ": not " + pattern
	}
	return partViolation(schema, n)
}

// partViolation looks at the entries or items of n.
func partViolation(schema map[string]any, n *yamldoc.Node) string {
	if required, ok := schema["required"].([]any); ok && n.Kind == yamldoc.Map {
		for _, key := range required {
			if n.Find(key.(string)) == nil {
				return ": lacks " + key.(string)
			}
		}
	}
	properties, _ := schema["properties"].(map[string]any)
	for _, e := range n.Entries {
		of, ok := properties[e.Key.Text].(map[string]any)
		if !ok {
			of, ok = schema["additionalProperties"].(map[string]any)
		}
		if !ok && schema["additionalProperties"] == false {
			return ": has " + e.Key.Text
		}
		if v := violation(of, e.Value); v != "" {
			return "." + e.Key.Text + v
		}
	}
	if items, ok := schema["items"].(map[string]any); ok {
		for i, item := range n.Items {
			if v := violation(items, item); v != "" {
				return fmt.Sprintf("[%d]%s", i, v)
			}
		}
	}
	return ""
}
