package policy

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/deguchi-project/deguchi/internal/base/diag"
)

func TestRead(t *testing.T) {
	tests := map[string]struct {
		src        string
		statements int
		literal    bool
		want       []string
	}{
		"a list of statements":     {`{"Version":"2012-10-17","Id":"x","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`, 1, false, nil},
		"one statement":            {`{"Version":"2012-10-17","Statement":{"Effect":"Deny","NotPrincipal":{"AWS":"1"},"NotAction":"s3:*","NotResource":"*"}}`, 1, false, nil},
		"an old version":           {`{"Version":"2008-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}}`, 1, true, nil},
		"no version":               {`{"Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}}`, 1, true, nil},
		"indented by tabs":         {"{\n\t\"Statement\": [\n\t\t{\"Effect\": \"Deny\",\t\"Principal\": \"*\", \"Action\": \"*\", \"Resource\": \"*\"}\n\t]\n}\n", 1, true, nil},
		"escapes":                  {`{"Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"arn:aws:s3:::a\/b\u002fc"}}`, 1, true, nil},
		"a version of tomorrow":    {`{"Version":"2030-01-01","Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}}`, 1, true, []string{`1:12: Version cannot be "2030-01-01" [DG1201]; one of: 2008-10-17, 2012-10-17`}},
		"not JSON":                 {`{"Statement": [`, 0, false, []string{`1:15: not YAML: a value, a comma or a closing bracket is missing before this [DG1003]; close every bracket with one of its own sort`}},
		"an identity policy":       {`{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`, 1, true, []string{`1:16: key "Principal" is missing in Statement [DG1102]`}},
		"elements that AWS misses": {`{"Statement":[{"Effect":"Allow","Principal":"*"}]}`, 1, true, []string{`1:16: key "Action" is missing in Statement [DG1102]`, `1:16: key "Resource" is missing in Statement [DG1102]`}},
		"no statement":             {`{"Version":"2012-10-17"}`, 0, false, []string{`1:1: key "Statement" is missing [DG1102]`}},
		"problems after a tab":     {"{\n\t\"Statement\": {\"Effect\": \"Deny\", \"Principal\": \"*\", \"Action\": \"x\", \"Resource\": \"*\"}\n}", 1, true, []string{`2:62: Statement.Action: "x" is not an action [DG2403]; write service:Action, such as s3:GetObject, or "*"`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p, problems := Read("f", []byte(tt.src))
			if diff := cmp.Diff(tt.want, heads(problems)); diff != "" {
				t.Errorf("problems of %s (-want +got):\n%s", tt.src, diff)
			}
			if len(p.Statements) != tt.statements || p.Literal != tt.literal && tt.statements > 0 {
				t.Errorf("Read(%s) has %d statements, literal %v; want %d, %v", tt.src, len(p.Statements), p.Literal, tt.statements, tt.literal)
			}
		})
	}
}

// FuzzRead: nothing panics, and a policy without a problem is the same when it
// is written as JSON and read again.
func FuzzRead(f *testing.F) {
	f.Add(`{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Principal":{"AWS":["1","*"],"Service":"s"},"Action":["s3:*"],"Resource":"*","Condition":{"StringLike":{"k":["a",""]},"Null":{"k":"true"}}}]}`)
	f.Add(`{"Statement":{"Effect":"Deny","NotPrincipal":"*","NotAction":"a:b","NotResource":"x","Condition":{"IpAddressIfExists":{"aws:SourceIp":"10.0.0.0/8"}}}}`)
	f.Add("{\"Statement\":\t[]}")
	f.Fuzz(func(t *testing.T, src string) {
		p, problems := Read("f", []byte(src))
		if len(problems) > 0 {
			return
		}
		again, problems := Read("f", write(t, p))
		if len(problems) > 0 {
			t.Fatalf("%q is written as %s and has %v", src, write(t, p), heads(problems))
		}
		if diff := cmp.Diff(p, again, anyPlace, anyOrder[0], anyOrder[1], cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%q is written as %s and reads otherwise (-first +second):\n%s", src, write(t, p), diff)
		}
	})
}

// Places differ, and maps have no order.
var (
	anyPlace = cmp.Options{cmpopts.IgnoreTypes(diag.Pos{}), cmpopts.IgnoreFields(Text{}, "Len")}
	anyOrder = []cmp.Option{
		cmpopts.SortSlices(func(a, b Principal) bool { return a.Sort < b.Sort }),
		cmpopts.SortSlices(func(a, b Condition) bool {
			return a.Operator.Name+" "+a.Key.V < b.Operator.Name+" "+b.Key.V
		}),
	}
)

// write returns p as a document.
func write(t *testing.T, p Policy) []byte {
	t.Helper()
	var statements []map[string]any
	for _, s := range p.Statements {
		out := map[string]any{"Effect": s.Effect.String()}
		if s.Sid != "" {
			out["Sid"] = s.Sid
		}
		put := func(name string, not bool, value any) {
			if not {
				name = "Not" + name
			}
			out[name] = value
		}
		put("Action", s.Action.Not, values(s.Action.Texts))
		put("Resource", s.Resource.Not, values(s.Resource.Texts))
		put("Principal", s.Principal.Not, principalsJSON(s.Principal.Names))
		if len(s.Conditions) > 0 {
			out["Condition"] = conditionMap(s.Conditions)
		}
		statements = append(statements, out)
	}
	doc := map[string]any{"Statement": statements}
	if !p.Literal {
		doc["Version"] = "2012-10-17"
	}
	src, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func values(texts []Text) (out []string) {
	for _, t := range texts {
		out = append(out, t.V)
	}
	return out
}

// principalsJSON groups names by their sort.
func principalsJSON(names []Principal) map[string][]string {
	keys := [...]string{Everyone: "AWS", AWS: "AWS", Service: "Service", Federated: "Federated", Canonical: "CanonicalUser"}
	out := make(map[string][]string)
	for _, n := range names {
		out[keys[n.Sort]] = append(out[keys[n.Sort]], n.Name.V)
	}
	return out
}

func conditionMap(conditions []Condition) map[string]map[string][]string {
	out := make(map[string]map[string][]string)
	for _, c := range conditions {
		if out[c.Operator.Name] == nil {
			out[c.Operator.Name] = make(map[string][]string)
		}
		out[c.Operator.Name][c.Key.V] = values(c.Values)
	}
	return out
}
