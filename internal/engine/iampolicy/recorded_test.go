package iampolicy

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/policy"
)

// recorded is a file of testdata.
type recorded struct {
	Source, Version, Taken string
	Default                recordedCase
	Cases                  []recordedCase
}

// recordedCase is a request with a policy, and what another evaluator said.
// Keys that the context lacks are absent.
type recordedCase struct {
	Name      string
	Kind      string // "endpoint" or "resource"
	Owner     string
	Action    string
	Resource  string
	Principal string
	Context   map[string]string
	Policy    json.RawMessage
	Answer    string
}

// settlement is a case in which AWS's documentation says otherwise.
type settlement struct {
	Cases   []string
	Answer  string
	Because string
	Cite    string
}

func TestRecorded(t *testing.T) {
	all := everyCase(t)
	var settled []settlement
	load(t, "testdata/settled.json", &settled)
	other := make(map[string]settlement)
	for _, s := range settled {
		for _, name := range s.Cases {
			other[name] = s
		}
	}
	if len(all) < 1300 {
		t.Fatalf("%d cases, want at least 1300", len(all))
	}
	for _, c := range all {
		t.Run(c.Name, func(t *testing.T) {
			want := c.Answer
			s, ok := other[c.Name]
			delete(other, c.Name)
			if ok && s.Answer == want {
				t.Error("is settled, and there is no difference")
			}
			if ok {
				want = s.Answer
			}
			p, problems := policy.Read("policy.json", c.Policy)
			if len(problems) > 0 {
				t.Fatalf("reading the policy: %v", problems[0].Summary)
			}
			if got := c.evaluate(p); answer(got) != want {
				t.Errorf("%s\ncontext %v, principal %s\nis %s, want %s: %v", c.Policy, c.Context, c.Principal, answer(got), want, got.Because())
			}
		})
	}
	for name := range other {
		t.Errorf("settled.json names %q, which is no case", name)
	}
}

// everyCase returns the recorded cases, in full.
func everyCase(t *testing.T) (all []recordedCase) {
	t.Helper()
	for _, name := range []string{"testdata/cases.json", "testdata/corners.json"} {
		var file recorded
		load(t, name, &file)
		for _, c := range file.Cases {
			c.fill(file.Default)
			all = append(all, c)
		}
	}
	return all
}

func load(t *testing.T, file string, into any) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// fill takes from def what c does not say.
func (c *recordedCase) fill(def recordedCase) {
	for _, f := range []struct {
		at  *string
		def string
	}{{&c.Kind, def.Kind}, {&c.Owner, def.Owner}, {&c.Action, def.Action}, {&c.Resource, def.Resource}, {&c.Principal, def.Principal}} {
		if *f.at == "" {
			*f.at = f.def
		}
	}
}

// everyKey is every condition key of the recorded cases.
var everyKey = []string{
	"aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalOrgID", "aws:ResourceAccount", "aws:ResourceOrgID", "aws:SecureTransport",
	"aws:SourceArn", "aws:SourceIp", "aws:SourceVpc", "aws:SourceVpce", "aws:UserAgent", "aws:VpcSourceIp", "aws:userid", "aws:username",
}

func (c *recordedCase) evaluate(p policy.Policy) Result {
	q := Request{Action: c.Action, Resource: c.Resource, Principal: caller(c.Principal), Context: Context{}}
	for _, key := range everyKey {
		q.Context[key] = Absent()
	}
	for key, value := range c.Context {
		q.Context[key] = Is(value)
	}
	if c.Kind == "endpoint" {
		return Endpoint(p, q)
	}
	return Resource(p, c.Owner, q)
}

// caller reads an ARN, the name of a service, or "anonymous".
func caller(name string) Principal {
	arn, ok := cutARN(name)
	switch {
	case name == "anonymous":
		return Principal{Anonymous: true}
	case !ok:
		return Principal{Service: name}
	}
	return Principal{Account: arn[4], ARN: name}
}

// answer words r as the other evaluator does.
func answer(r Result) string {
	switch {
	case r.Verdict == Allowed:
		return "Allowed"
	case r.Verdict == Unknown:
		return "unknown"
	case r.Basis == ByStatement:
		return "ExplicitlyDenied"
	}
	return "ImplicitlyDenied"
}

// TestRecordedSaysWhere: every result has words, and none of them is a bare code.
func TestRecordedSaysWhere(t *testing.T) {
	for _, c := range everyCase(t) {
		p, _ := policy.Read("policy.json", c.Policy)
		b := c.evaluate(p).Because()
		for _, lang := range []reason.Lang{reason.English, reason.Japanese} {
			if text := b.In(lang); strings.HasPrefix(text, string(b.Code)) {
				t.Fatalf("%s: %q has no words", c.Name, b)
			}
		}
	}
}
