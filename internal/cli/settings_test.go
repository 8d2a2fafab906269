package cli

import (
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/engine/settings"
)

// TestTargetsAreExplained keeps the tables of docs/settings.md complete.
func TestTargetsAreExplained(t *testing.T) {
	for _, page := range []string{"../../docs/settings.md", "../../docs/settings.ja.md"} {
		text := read(t, page)
		for _, name := range settings.Names() {
			if !strings.Contains(text, "| `"+name+"` |") {
				t.Errorf("%s has no row for %s", page, name)
			}
		}
	}
}
