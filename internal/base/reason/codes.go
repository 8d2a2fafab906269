package reason

import (
	"maps"
	"regexp"
	"slices"
)

var problemCode = regexp.MustCompile(`^DG[0-9]{4}`)

// Problems returns the codes of all problems that the catalogue has words for,
// sorted: "DG1103" for DG1103, DG1103.top and DG1103.hint.
func Problems() []string {
	codes := make(map[string]bool)
	for code := range catalogue {
		if dg := problemCode.FindString(string(code)); dg != "" {
			codes[dg] = true
		}
	}
	return slices.Sorted(maps.Keys(codes))
}
