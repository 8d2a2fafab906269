package policy

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// heads returns problems as they are printed, without the name of the file.
func heads(problems []diag.Problem) (out []string) {
	for _, p := range problems {
		head := strings.TrimPrefix(diag.Printer{}.Head(p), "f:")
		if !p.Hint.IsZero() {
			head += "; " + p.Hint.In(reason.English)
		}
		out = append(out, head)
	}
	return out
}

// decode reads src as a topology holds it below "policy".
func decode(src string, words ...string) (Policy, []diag.Problem) {
	type file struct{ p Policy }
	n, problems := yamldoc.Parse("f", []byte("policy: "+src))
	if n == nil {
		return Policy{}, problems
	}
	f, more := yamldoc.Decode(yamldoc.Object("", file{}, yamldoc.Required("policy", "", Type(words...), func(f *file) *Policy { return &f.p })), n)
	return f.p, append(problems, more...)
}

func TestType(t *testing.T) {
	got, problems := decode(`
  - Sid: 1
    Effect: Deny
    NotPrincipal: [main, "arn:aws:iam::partner:role/app"]
    Action: "s3:*"
    NotResource: [arn:aws:s3:::a, arn:aws:s3:::b]
    Condition: {Bool: {"aws:SecureTransport": false}, StringEqualsIfExists: {"aws:SourceVpc": [a, ""]}}
  - {Effect: Allow, Principal: {AWS: "*", Service: sns.amazonaws.com}}
`)
	if len(problems) > 0 {
		t.Fatalf("found %v", heads(problems))
	}
	at := func(v string, line, col, length int) Text {
		return Text{V: v, Pos: diag.Pos{File: "f", Line: line, Col: col}, Len: length}
	}
	want := Policy{Statements: []Statement{{
		Pos: diag.Pos{File: "f", Line: 2, Col: 5}, Sid: "1", Effect: Deny,
		Principal: Principals{Not: true, Names: []Principal{{AWS, at("main", 4, 20, 4)}, {AWS, at("arn:aws:iam::partner:role/app", 4, 26, 31)}}},
		Action:    Patterns{Texts: []Text{at("s3:*", 5, 13, 6)}},
		Resource:  Patterns{Not: true, Texts: []Text{at("arn:aws:s3:::a", 6, 19, 14), at("arn:aws:s3:::b", 6, 35, 14)}},
		Conditions: []Condition{
			{Operator{Name: "Bool", Test: Bool}, at("aws:SecureTransport", 7, 24, 21), []Text{at("false", 7, 47, 5)}},
			{Operator{Name: "StringEqualsIfExists", Test: Equals, IfExists: true}, at("aws:SourceVpc", 7, 78, 15), []Text{at("a", 7, 96, 1), at("", 7, 99, 2)}},
		},
	}, {
		Pos: diag.Pos{File: "f", Line: 8, Col: 6}, Effect: Allow,
		Principal: Principals{Names: []Principal{{Everyone, at("*", 8, 38, 3)}, {Service, at("sns.amazonaws.com", 8, 52, 17)}}},
	}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the policy (-want +got):\n%s", diff)
	}
}

func TestTypeWords(t *testing.T) {
	tests := map[string]struct {
		src   string
		words []string
		want  Extent
		heads []string
	}{
		"full":                            {"full", []string{"full", "unknown"}, Full, nil},
		"unknown":                         {"unknown", []string{"unknown"}, Unknown, nil},
		"full where it makes no sense":    {"full", []string{"unknown"}, Written, []string{`1:9: policy cannot be "full" [DG1201]; one of: unknown`}},
		"a word where only a list stands": {"full", nil, Written, []string{`1:9: policy must be a list, not "full" [DG1104]; write [full]`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, problems := decode(tt.src, tt.words...)
			if diff := cmp.Diff(tt.heads, heads(problems)); diff != "" || got.Extent != tt.want {
				t.Errorf("Type(%q) of %s is %v, want %v; problems (-want +got):\n%s", tt.words, tt.src, got.Extent, tt.want, diff)
			}
		})
	}
}

func TestTypeProblems(t *testing.T) {
	const all = "ArnEquals, ArnLike, ArnNotEquals, ArnNotLike, Bool, IpAddress, NotIpAddress, Null, StringEquals, StringEqualsIgnoreCase, StringLike, StringNotEquals, StringNotEqualsIgnoreCase, StringNotLike"
	tests := map[string]struct {
		src  string
		want []string
	}{
		"no list":                                {`{Effect: Allow}`, []string{`1:9: policy must be a list, not {…} [DG1104]`}},
		"no effect":                              {`[{Action: "*"}]`, []string{`1:10: key "Effect" is missing in statement [DG1102]`}},
		"effect in small letters":                {`[{Effect: allow}]`, []string{`1:19: Effect cannot be "allow" [DG1201]; did you mean "Allow"? one of: Allow, Deny`}},
		"unknown element":                        {`[{Effect: Allow, Acton: "*"}]`, []string{`1:26: unknown key "Acton" in statement [DG1103]; did you mean "Action"? one of: Action, Condition, Effect, NotAction, NotPrincipal, NotResource, Principal, Resource, Sid`}},
		"operator misspelt":                      {`[{Effect: Allow, Condition: {StringEqual: {a: b}}}]`, []string{`1:38: condition operator "StringEqual" is not supported [DG2401]; did you mean "StringEquals"?`}},
		"operator in another case":               {`[{Effect: Allow, Condition: {IPAddress: {a: 10.0.0.0/8}}}]`, []string{`1:38: condition operator "IPAddress" is not supported [DG2401]; did you mean "IpAddress"?`}},
		"operator of AWS that nothing needs":     {`[{Effect: Allow, Condition: {NumericLessThan: {"s3:max-keys": "10"}}}]`, []string{`1:38: condition operator "NumericLessThan" is not supported [DG2401]; one of: ` + all}},
		"operator for keys with several values":  {`[{Effect: Allow, Condition: {"ForAnyValue:StringLike": {a: b}}}]`, []string{`1:38: condition operator "ForAnyValue:StringLike" is not supported [DG2401]; one of: ` + all}},
		"operator that cannot exist":             {`[{Effect: Allow, Condition: {NullIfExists: {a: true}}}]`, []string{`1:38: condition operator "NullIfExists" is not supported [DG2401]; did you mean "Null"?`}},
		"value that is no truth value":           {`[{Effect: Allow, Condition: {Bool: {a: [true, yes]}}}]`, []string{`1:55: policy.Condition.Bool.a: "yes" is not true or false [DG2402]`}},
		"value that is no network":               {`[{Effect: Allow, Condition: {IpAddress: {"aws:SourceIp": 10.0.0.0/40}}}]`, []string{`1:66: policy.Condition.IpAddress.aws:SourceIp: "10.0.0.0/40" is not a network or an address [DG2402]; write an address and its prefix length, such as 10.20.0.0/16`}},
		"value that is a map":                    {`[{Effect: Allow, Condition: {StringLike: {a: {b: c}}}}]`, []string{`1:54: a must be text, not {…} [DG1104]`}},
		"no value":                               {`[{Effect: Allow, Condition: {StringLike: {a: []}}}]`, []string{`1:54: a is empty [DG1105]; give it a value, or remove it`}},
		"condition that is text":                 {`[{Effect: Allow, Condition: x}]`, []string{`1:37: Condition must be a map, not "x" [DG1104]`}},
		"action without service":                 {`[{Effect: Allow, Action: [GetObject]}]`, []string{`1:35: policy.Action: "GetObject" is not an action [DG2403]; write service:Action, such as s3:GetObject, or "*"`}},
		"wildcard in the service of an action":   {`[{Effect: Allow, Action: ["s*:GetObject", "*:Get*", "*:*"]}]`, []string{`1:35: policy.Action: "s*:GetObject" is not an action [DG2403]; write service:Action, such as s3:GetObject, or "*"`}},
		"an action with a part too many":         {`[{Effect: Allow, Action: "s3:*:*"}]`, []string{`1:34: policy.Action: "s3:*:*" is not an action [DG2403]; write service:Action, such as s3:GetObject, or "*"`}},
		"wildcard in a principal":                {`[{Effect: Allow, Principal: "arn:aws:iam::main:role/*"}]`, []string{`1:37: policy.Principal: "arn:aws:iam::main:role/*" is a pattern, and AWS takes none in a principal [DG2404]; write "*" alone, and the pattern in a condition with aws:PrincipalArn`}},
		"unknown sort of principal":              {`[{Effect: Allow, Principal: {Aws: main}}]`, []string{`1:38: unknown key "Aws" in Principal (statement) [DG1103]; one of: AWS, CanonicalUser, Federated, Service`}},
		"nobody as principal is not everybody":   {`[{Effect: Allow, Principal: {}}]`, []string{`1:37: Principal is empty [DG1105]; give it a value, or remove it`}},
		"a condition that asks nothing is sound": {`[{Effect: Allow, Condition: {}}]`, nil},
		"both of a pair":                         {`[{Effect: Allow, Action: "*", NotAction: "s3:*"}]`, []string{`1:11: the statement has both Action and NotAction [DG2405]; keep one of them, or make two statements of it`}},
		"every problem, and each once": {`[{Effect: Alow, Action: x, Condition: {StringLik: {a: b}, Bool: {c: 1}}}, {Effect: Deny, Principal: []}]`, []string{
			`1:19: Effect cannot be "Alow" [DG1201]; did you mean "Allow"? one of: Allow, Deny`,
			`1:33: policy.Action: "x" is not an action [DG2403]; write service:Action, such as s3:GetObject, or "*"`,
			`1:48: condition operator "StringLik" is not supported [DG2401]; did you mean "StringLike"?`,
			`1:77: policy.Condition.Bool.c: "1" is not true or false [DG2402]`,
			`1:109: Principal is empty [DG1105]; give it a value, or remove it`,
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, problems := decode(tt.src)
			if diff := cmp.Diff(tt.want, heads(problems)); diff != "" {
				t.Errorf("problems of %s (-want +got):\n%s", tt.src, diff)
			}
		})
	}
}

func TestOperators(t *testing.T) {
	names := Operators()
	if len(names) != 27 {
		t.Errorf("%d operators, want 27: 13 with and without IfExists, and Null", len(names))
	}
	for _, name := range names {
		o, ok := ParseOperator(name)
		if !ok || o.Name != name || o.IfExists != strings.HasSuffix(name, "IfExists") || o.Not != strings.Contains(name, "Not") {
			t.Errorf("ParseOperator(%q) = %+v, %v", name, o, ok)
		}
	}
	for _, name := range []string{"", "IfExists", "NullIfExists", "stringequals", "StringEqualsIfExistsIfExists"} {
		if o, ok := ParseOperator(name); ok {
			t.Errorf("ParseOperator(%q) = %+v, want none", name, o)
		}
	}
}

func TestPrefix(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"a network":                  {"10.0.0.0/8", "10.0.0.0/8"},
		"host bits":                  {"10.1.2.3/8", "10.0.0.0/8"},
		"an address":                 {"10.1.2.3", "10.1.2.3/32"},
		"an IPv6 address":            {"2001:db8::1", "2001:db8::1/128"},
		"IPv4 in the form of 6":      {"::ffff:10.1.2.3", "10.1.2.3/32"},
		"a network in the form of 6": {"::ffff:10.1.2.3/104", "10.0.0.0/8"},
		"more than IPv4":             {"::ffff:10.1.2.3/90", "::ffc0:0:0/90"},
		"a zone":                     {"fe80::1%eth0", ""},
		"a name":                     {"localhost", ""},
		"more bits than there are":   {"10.0.0.0/33", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p, ok := Prefix(tt.text)
			if got := p.String(); ok && got != tt.want || ok != (tt.want != "") {
				t.Errorf("Prefix(%q) = %s, %v, want %q", tt.text, got, ok, tt.want)
			}
		})
	}
}
