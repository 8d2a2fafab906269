package decisions

import (
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/access"
)

// TestPrintSaysWhatWasTried: a comparison that is cut off does not look like one
// that is not.
func TestPrintSaysWhatWasTried(t *testing.T) {
	all := access.Tried{Requests: 12, Hosts: 6, All: true}
	first := access.Tried{Requests: 1_000_000, Hosts: 20_000}
	tests := []struct {
		name  string
		lang  reason.Lang
		tried access.Tried
		want  string
	}{
		{"all", reason.English, all, "no request that was tried is decided otherwise than by old.yaml\n"},
		{"the first", reason.English, first, "no request that was tried is decided otherwise than by old.yaml\n" +
			"the files name more than a comparison takes: 1000000 requests to 20000 hosts were tried, what only one of the files names first; the rest may be decided otherwise\n"},
		{"the first, in Japanese", reason.Japanese, first, "試したリクエストの判定は、すべて old.yaml と同じです\n" +
			"比較できる量を超えています。片方のファイルだけに書かれたものから順に、ホスト 20000 件へのリクエスト 1000000 件を試しました。残りの判定は異なる可能性があります\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			changes, tried := Of(access.Comparison{Tried: tt.tried})
			if err := (Printer{Out: &out, Lang: tt.lang}).Print("old.yaml", changes, tried); err != nil || out.String() != tt.want {
				t.Errorf("Print = %v\n%s\nwant\n%s", err, out.String(), tt.want)
			}
		})
	}
}
