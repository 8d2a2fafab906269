package netset

import (
	"regexp"
	"strings"
	"testing"
)

func TestGlob(t *testing.T) {
	tests := map[string]struct {
		pattern, s string
		any, host  bool
	}{
		"no star is the text itself":             {"corp", "corp", true, true},
		"no star is not a prefix":                {"corp", "corp-a", false, false},
		"nothing is only nothing":                {"", "a", false, false},
		"a star stands for nothing, too":         {"corp*", "corp", true, true},
		"a star crosses labels, except in hosts": {"a.*.com", "a.b.c.com", true, false},
		"a star within a label":                  {"vpce-*.com", "vpce-0a.com", true, true},
		"head and tail do not share a letter":    {"aba*ba", "aba", false, false},
		"the last star takes what it must":       {"*ab", "aab", true, true},
		"stars in a row are one":                 {"a**", "a", true, true},
		"case matters":                           {"Corp*", "corp", false, false},
	}
	for why, tt := range tests {
		t.Run(why, func(t *testing.T) {
			if got := Glob(tt.pattern, tt.s); got != tt.any {
				t.Errorf("Glob(%q, %q) = %v, want %v", tt.pattern, tt.s, got, tt.any)
			}
			if got := GlobHost(tt.pattern, []byte(tt.s)); got != tt.host {
				t.Errorf("GlobHost(%q, %q) = %v, want %v", tt.pattern, tt.s, got, tt.host)
			}
		})
	}
}

// FuzzGlob holds both against regular expressions.
func FuzzGlob(f *testing.F) {
	f.Add("a*b.*", "a.b.c")
	f.Add("*", "")
	f.Fuzz(func(t *testing.T, pattern, s string) {
		form := func(star string) bool {
			quoted := strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, star)
			re, err := regexp.Compile(`\A(?s:` + quoted + `)\z`)
			if err != nil || strings.ToValidUTF8(pattern+s, "") != pattern+s {
				t.SkipNow() // not for regexp
			}
			return re.MatchString(s)
		}
		if got, want := Glob(pattern, s), form(`.*`); got != want {
			t.Errorf("Glob(%q, %q) = %v, want %v", pattern, s, got, want)
		}
		if got, want := GlobHost(pattern, s), form(`[^.]*`); got != want {
			t.Errorf("GlobHost(%q, %q) = %v, want %v", pattern, s, got, want)
		}
	})
}
