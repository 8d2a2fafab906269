package access

import "testing"

func TestColumnsFit(t *testing.T) {
	dims := 3 // client, job, host
	dims += len(labelWidths) + len(bitWidths4) + len(bitWidths6)
	dims += 4 * (1 + len(byteWidths))
	if dims != maxColumns {
		t.Errorf("there can be %d columns, maxColumns is %d", dims, maxColumns)
	}
}
