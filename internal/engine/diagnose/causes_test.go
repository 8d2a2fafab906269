package diagnose

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose/symptom"
)

func symptomNamed(id string) (*symptom.Symptom, bool) { return symptom.Named(id) }

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
