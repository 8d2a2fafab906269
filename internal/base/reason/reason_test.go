package reason

import (
	"regexp"
	"slices"
	"testing"
)

// placeholder is all that stands in braces: what is no operand would vanish.
var placeholder = regexp.MustCompile(`\{([^{}]*)\}`)

func TestEveryCodeHasBothLanguages(t *testing.T) {
	for code, e := range catalogue {
		for lang, text := range map[string]string{"English": e.en, "Japanese": e.ja} {
			if text == "" {
				t.Errorf("%s has no %s words", code, lang)
			}
			var used []string
			for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
				used = append(used, m[1])
				if !slices.Contains(e.operands, m[1]) {
					t.Errorf("%s: %s text names {%s}, which is no operand", code, lang, m[1])
				}
			}
			for _, o := range e.operands {
				if !slices.Contains(used, o) {
					t.Errorf("%s: %s text leaves {%s} out", code, lang, o)
				}
			}
		}
	}
}

func TestIn(t *testing.T) {
	tests := map[string]struct {
		because Because
		lang    Lang
		want    string
	}{
		"nothing said":           {Because{}, English, ""},
		"English":                {New(NoRule, "a.example", "office"), English, "no rule lets client office reach a.example"},
		"Japanese":               {New(Draining), Japanese, "プロキシは停止処理中です"},
		"operand like a name":    {New(NoRule, "{client}", "office"), English, "no rule lets client office reach {client}"},
		"code not in the table":  {New("new-code", "x"), English, "new-code x"},
		"words inside words":     {New(RuleDenies).With(New(Draining)), Japanese, "rule-denies プロキシは停止処理中です"},
		"wrong number of values": {New(NoRule, "x"), English, "no-rule x"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := tt.because.In(tt.lang); got != tt.want {
				t.Errorf("In = %q, want %q", got, tt.want)
			}
		})
	}
}
