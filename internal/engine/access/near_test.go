package access

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

func TestDetails(t *testing.T) {
	lab := allow("for the lab", config.Match{Services: []string{"sts"}})
	lab.Clients = []string{"lab"}
	past := allow("last year's", config.Match{Services: []string{"iam"}})
	past.Until = day
	rules := Compile(file(
		deny("secret", config.Match{Services: []string{"s3"}, Buckets: []string{"secret"}}),
		allow("ssm elsewhere", config.Match{Services: []string{"ssm"}, Regions: []string{"us-east-1"}}),
		allow("registry", config.Match{Services: []string{"api.ecr"}, Accounts: []string{"123456789012"}}),
		lab, past,
	))
	tests := []struct {
		name string
		q    *Request
		want []string
	}{
		{"a deny on what is told needs no more words", to(bucket("secret")), nil},
		{"a deny on what is not told", to(pathStyle), []string{"access.untold buckets"}},
		{"another region", to(ssm), []string{"access.nearly ssm elsewhere  regions"}},
		{"what is not told", to(aws("api.ecr.us-east-1.amazonaws.com", 2, "api.ecr", "us-east-1")), []string{"access.nearly registry  accounts", "access.untold accounts"}},
		{"another client", to(aws("sts.us-east-1.amazonaws.com", 2, "sts", "us-east-1")), []string{"access.nearly for the lab  clients"}},
		{"until is past", to(iam), []string{"access.nearly last year's  until"}},
		{"far from any rule", to(outside), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, b := range rules.Details(tt.q, rules.Decide(tt.q)) {
				got = append(got, codeAndArgs(b))
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("Details(%s) (-want +got):\n%s", tt.q.Host, d)
			}
		})
	}
}

func codeAndArgs(b reason.Because) string {
	s := string(b.Code)
	for _, a := range b.Args {
		s += " " + a
	}
	return s
}

// TestMatchersAgreeWithHolds keeps the wordy reading of a rule to the fast one.
func TestMatchersAgreeWithHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := anyConfig(t)
		rules := Compile(cfg)
		for range 20 {
			q := anyRequest(t)
			f := rules.facts(q)
			for i := range rules.rules {
				r := &rules.rules[i]
				if failed := r.failed(q, &f); r.holds(q, &f) != (len(failed) == 0) {
					t.Fatalf("%+v: holds = %v, failed = %q\nrule: %+v", q, r.holds(q, &f), failed, *r.source)
				}
			}
		}
	})
}
