package cli

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
)

func TestTables(t *testing.T) {
	now := time.Date(2026, 11, 30, 6, 0, 0, 0, time.UTC)
	got := tables([]awsdata.TableInfo{{Name: "regions", Source: "botocore 1.2", Taken: "2026-11-22", Rows: 39}}, now)
	want := []tableJSON{{"regions", 39, "2026-11-22", 8, "botocore 1.2"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tables (-want +got):\n%s", diff)
	}
}

func TestEveryTableHasItsDay(t *testing.T) {
	for _, table := range tables(awsdata.Tables(), time.Now()) {
		if table.Rows == 0 || table.Source == "" {
			t.Errorf("table %+v has no rows or no source", table)
		}
	}
}
