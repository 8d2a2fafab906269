//go:build !race

package observe

import (
	"io"
	"testing"
	"time"
)

// The race detector allocates on its own account.

func TestWriteAllocatesNothing(t *testing.T) {
	l := open(t, "-", io.Discard, newJournal().logger())
	r := tunnel()
	for range 2000 { // as many lines as will wait for the writer at once
		l.Write(r)
	}
	for l.lines.size.Load() > 0 {
		time.Sleep(time.Millisecond)
	}
	if n := testing.AllocsPerRun(1000, func() { l.Write(r) }); n >= 1 {
		t.Errorf("Write allocates %v times", n)
	}
}

func TestEndedAllocatesNothing(t *testing.T) {
	m := configured()
	r := tunnel()
	if n := testing.AllocsPerRun(1000, func() { m.Ended(r) }); n != 0 {
		t.Errorf("Ended allocates %v times", n)
	}
}
