package iampolicy

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/deguchi-project/deguchi/internal/model/policy"
)

// FuzzGlob compares with a regular expression.
func FuzzGlob(f *testing.F) {
	for _, seed := range []struct {
		pattern, text string
		fold          bool
	}{{"a*b?c", "aabxabbbc", false}, {"", "", false}, {"**?", "é", false}, {"S3:get*", "s3:GetObject", true}, {`\*`, `\x`, false}} {
		f.Add(seed.pattern, seed.text, seed.fold)
	}
	f.Fuzz(func(t *testing.T, pattern, text string, fold bool) {
		if !utf8.ValidString(pattern) || !utf8.ValidString(text) || len(pattern) > 50 || len(text) > 500 {
			return
		}
		flags := "(?s)"
		if fold {
			if strings.ContainsFunc(pattern+text, func(r rune) bool { return r >= utf8.RuneSelf }) {
				return // only ASCII is folded
			}
			flags = "(?si)"
		}
		form := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(strings.ReplaceAll(pattern, `\`, "/")))
		want := regexp.MustCompile(flags + "^" + form + "$").MatchString(strings.ReplaceAll(text, `\`, "/"))
		if got := (glob{pattern: strings.ReplaceAll(pattern, `\`, "/"), fold: fold}).matches(strings.ReplaceAll(text, `\`, "/")); got != want {
			t.Errorf("glob %q (fold %v) of %q is %v, want %v", pattern, fold, text, got, want)
		}
	})
}

// TestGlobTakesItsTime: no pattern makes a proxy's planner wait.
func TestGlobTakesItsTime(t *testing.T) {
	g := glob{pattern: strings.Repeat("*a", 200) + "b"}
	start := time.Now()
	if g.matches(strings.Repeat("a", 20_000)) {
		t.Error("matches what does not end in b")
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("took %v", took)
	}
}

// FuzzEvaluate: nothing panics, and a policy never allows what is not told: an
// answer to a request that tells nothing holds for one that tells it all.
func FuzzEvaluate(f *testing.F) {
	f.Add(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"1"},"Action":"s3:*","Resource":"arn:aws:s3:::${aws:a, 'x'}/*","Condition":{"StringNotLike":{"aws:a":["${aws:a}*","${?}"]}}}]}`, "v", "arn:aws:iam::1:role/r")
	f.Add(`{"Statement":{"Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:sts::1:assumed-role/r/s"},"NotAction":"a:b","NotResource":"x","Condition":{"IpAddress":{"aws:a":"::/0"},"Null":{"aws:a":"false"}}}}`, "10.0.0.1", "arn:aws:sts::1:assumed-role/r/s")
	f.Fuzz(func(t *testing.T, src, value, arn string) {
		p, problems := policy.Read("f", []byte(src))
		if len(problems) > 0 {
			return
		}
		told := Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::data/a", Principal: Principal{Account: "1", ARN: arn}, Context: Context{"aws:a": Is(value)}}
		for _, owner := range []string{"1", "2"} {
			some, all := Resource(p, owner, Request{Action: told.Action}), Resource(p, owner, told)
			if some.Verdict != Unknown && some.Verdict != all.Verdict {
				t.Errorf("%s: %v without facts (%v), %v with them (%v)", src, some.Verdict, some.Because(), all.Verdict, all.Because())
			}
		}
	})
}
