// Package symptom knows what goes wrong between clients and AWS by what one
// sees of it: the texts that programs print, with the causes that each can
// have. It reads pasted output and says which symptoms fit, and which of them
// print the same text and cannot be told apart by it.
//
// The table was measured against a proxy that fails on purpose, and collected
// from issue trackers and documentation; every row names its sources.
package symptom

import (
	_ "embed"
	"encoding/json"
	"sync"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// Symptom is one thing that goes wrong.
type Symptom struct {
	ID       string   `json:"id"` // stable: "proxy-407"
	Layer    string   `json:"layer"`
	Errors   []string `json:"errors"`   // what programs print, as it was seen
	Patterns []string `json:"patterns"` // the parts of it that tell, and other versions' words
	// Vague are texts around a message that tells more, if there is one.
	Vague []string `json:"vague,omitempty"`
	// Forms are regular expressions of a text in small letters without spaces,
	// quotation marks and hyphens; Lines are of the text as it stands.
	Forms []string `json:"forms,omitempty"`
	Lines []string `json:"lines,omitempty"`
	// Unless are forms of what is never beside this symptom.
	Unless   []string `json:"unless,omitempty"`
	Cause    string   `json:"cause"`
	CauseJA  string   `json:"cause_ja"`
	Tell     string   `json:"tell"` // the one check that tells it from others
	TellJA   string   `json:"tell_ja"`
	Fix      string   `json:"fix"`
	FixJA    string   `json:"fix_ja"`
	Evidence string   `json:"evidence"` // measured, documented or remembered
	Sources  []string `json:"sources"`
}

// Words returns cause, check and fix in a language.
func (s *Symptom) Words(lang reason.Lang) (cause, tell, fix string) {
	if lang == reason.Japanese {
		return s.CauseJA, s.TellJA, s.FixJA
	}
	return s.Cause, s.Tell, s.Fix
}

//go:embed symptoms.json
var file []byte

// Table is all symptoms, with where and when they were collected.
type Table struct {
	Source string     `json:"source"`
	Taken  string     `json:"taken"` // 2006-01-02
	Rows   []*Symptom `json:"rows"`
}

// All returns the table. Callers must not change it.
var All = sync.OnceValue(func() Table {
	var t Table
	if err := json.Unmarshal(file, &t); err != nil {
		panic("symptom: symptoms.json: " + err.Error()) // checked by a test
	}
	return t
})

// Info says where the table comes from.
func Info() awsdata.TableInfo {
	t := All()
	return awsdata.TableInfo{Name: "symptoms", Source: t.Source, Taken: t.Taken, Rows: len(t.Rows)}
}

// Named returns the symptom with that id.
func Named(id string) (*Symptom, bool) {
	for _, s := range All().Rows {
		if s.ID == id {
			return s, true
		}
	}
	return nil, false
}
