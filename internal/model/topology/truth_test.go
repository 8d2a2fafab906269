package topology

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// shown returns problems as the format's own table of messages writes them:
// "line:column message; hint".
func shown(problems []diag.Problem) (lines []string) {
	for _, p := range problems {
		line := fmt.Sprintf("%d:%d %s", p.Pos.Line, p.Pos.Col, p.Summary.In(reason.English))
		if !p.Hint.IsZero() {
			line += "; " + p.Hint.In(reason.English)
		}
		lines = append(lines, line)
	}
	return lines
}

// TestInvalid: each file of testdata/invalid has one mistake, and its first
// line says what is reported.
func TestInvalid(t *testing.T) {
	files, err := filepath.Glob("testdata/invalid/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			head, _, _ := strings.Cut(string(src), "\n")
			got, problems := Parse(file, src, Options{})
			if got != nil {
				t.Error("Parse returns a topology")
			}
			want := strings.TrimPrefix(head, "# want: ")
			lines := shown(problems) // a hint may say more than the table does
			if len(lines) != 1 || lines[0] != want && !strings.HasPrefix(lines[0], want+"; ") {
				t.Errorf("problems:\n%s\nwant:\n%s", strings.Join(lines, "\n"), want)
			}
		})
	}
}
