package main

import (
	"regexp"
	"strings"
)

// What collectors left in notes and sources for themselves: where a search
// found a text, and which report it was. Readers have neither.
var (
	finding = regexp.MustCompile(`\b[a-z]+_string\b( ids?)?( \d{7,}(, \d{7,})*)?`)
	report  = regexp.MustCompile(`^seed [\d/]+( lists [^:]*)?:? ?| of seed \d+`)
	tidy    = strings.NewReplacer(" ()", "", "(: ", "(", "( ", "(", "; )", ")", ", , ", " ")
)

// readable returns texts without the collectors' remarks, and without those
// that were nothing else.
func readable(texts []string) []string {
	var clean []string
	for _, text := range texts {
		text = report.ReplaceAllString(text, "")
		text = tidy.Replace(finding.ReplaceAllString(text, ""))
		if text = strings.TrimSpace(text); text != "" {
			clean = append(clean, text)
		}
	}
	return clean
}
