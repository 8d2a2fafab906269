package squidlist_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/cli/squidlist"
)

func TestOf(t *testing.T) {
	domains, patterns := squidlist.Of([]string{"ssm.x.example", "*.ecr.example", "a.ecr.example", "{account}.s3.example", "a-*.s.example", "ssm.x.example"})
	if want := []string{"ssm.x.example", ".ecr.example", ".s3.example"}; !cmp.Equal(want, domains) {
		t.Errorf("domains = %q, want %q: none that another covers, none twice", domains, want)
	}
	if want := []string{`^a-[^.]+\.s\.example$`}; !cmp.Equal(want, patterns) {
		t.Errorf("patterns = %q, want %q", patterns, want)
	}
}
