package diagnose

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/symptom"
)

var (
	causeText = regexp.MustCompile(`(?:Cause: |\.Cause = |cause = |cause := |set\(|wrong\([\w.()]+, |Cause, f\.Because, f\.Fix = )"([a-z0-9-]+)"`)
	wordsCode = regexp.MustCompile(`(?:because|good|skip|untested)\("([a-z0-9.-]*[a-z0-9])"`)
)

// causesInSource are the ids that checks give.
func causesInSource(t *testing.T) []string {
	t.Helper()
	var ids []string
	for _, m := range causeText.FindAllStringSubmatch(source(t), -1) {
		ids = append(ids, m[1])
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) < 50 {
		t.Fatalf("%d causes found in the source: the expression does not fit any more", len(ids))
	}
	return ids
}

// TestEveryFindingHasWords looks for codes that the catalogue lacks, and for
// words that nobody says.
func TestEveryFindingHasWords(t *testing.T) {
	table, err := os.ReadFile("../../base/reason/words_doctor.go")
	if err != nil {
		t.Fatal(err)
	}
	found := wordsCode.FindAllStringSubmatch(source(t), -1)
	if len(found) < 100 {
		t.Fatalf("%d codes found in the source", len(found))
	}
	for _, m := range found {
		if !bytes.Contains(table, []byte(`{"doctor.`+m[1]+`"`)) {
			t.Errorf("doctor.%s has no words", m[1])
		}
	}
}

// TestEveryCauseIsASymptom looks for ids that no page and no table explains.
func TestEveryCauseIsASymptom(t *testing.T) {
	for _, id := range causesInSource(t) {
		if _, ok := symptom.Named(id); !ok {
			t.Errorf("the cause %q is no symptom", id)
		}
	}
}

// source returns the text of the checks.
func source(t *testing.T) string {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "check_") && !strings.HasSuffix(e.Name(), "_test.go") {
			text, err := os.ReadFile(e.Name())
			if err != nil {
				t.Fatal(err)
			}
			all.Write(text)
		}
	}
	return all.String()
}

// FuzzExamine: facts of any kind are examined without a panic, and nothing wrong
// is without a cause.
func FuzzExamine(f *testing.F) {
	f.Add([]byte("deguchi-facts 1\nsubject unit a\nsource unit-file u\n  : 1:Environment=http_proxy=x\nattempt proxy https://a/\n  step connect status 1 403 no\n"))
	f.Add([]byte("deguchi-facts 1\nos windows\nsubject ssm-agent\nsource windows winhttp\n  : ProxyServer=a;b=c\ncurl proxy https://a/\n  exit 56\n  < HTTP/1.1 407 no\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		seen, err := facts.Parse(text)
		if err != nil {
			return
		}
		Prepare(seen)
		r := Examine(seen)
		if len(r.Checks) != 16 {
			t.Errorf("%d checks, want 16", len(r.Checks))
		}
		for _, c := range r.Checks {
			if (c.Status == Fail || c.Status == Warn) && c.Cause == "" {
				t.Errorf("%s is wrong without a cause: %+v", c.ID, c)
			}
		}
	})
}
