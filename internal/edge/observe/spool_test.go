package observe

import (
	"strings"
	"testing"
)

func newSpool(most int) *spool { return &spool{most: most, wake: make(chan struct{}, 1)} }

func TestSpoolGivesRoomBack(t *testing.T) {
	s := newSpool(100)
	line := []byte(strings.Repeat("x", 59) + "\n")
	for i := range 10 {
		s.add(line)
		s.add(line) // one too many
		lines, more := s.take()
		if len(lines) != len(line) || more {
			t.Fatalf("take %d = %d bytes, %t, want one line", i, len(lines), more)
		}
		s.give(lines, len(lines))
	}
	if got := s.lostSoFar(); got != 10 {
		t.Errorf("lost = %d, want every second of 20", got)
	}
}

func TestSpoolKeepsOrderAcrossChunks(t *testing.T) {
	s := newSpool(1 << 20)
	line := strings.Repeat("x", chunkSize/3)
	for i := range 7 {
		s.add([]byte(string(rune('0'+i)) + line + "\n"))
	}
	var order strings.Builder
	for {
		lines, more := s.take()
		if lines == nil {
			break
		}
		for l := range strings.Lines(string(lines)) {
			order.WriteByte(l[0])
		}
		if want := order.Len() < 6; more != want {
			t.Errorf("after lines %q there are full chunks: %t, want %t", order.String(), more, want)
		}
		s.give(lines, len(lines))
	}
	if order.String() != "0123456" {
		t.Errorf("order = %q", order.String())
	}
	if len(s.free) > maxFree || s.size != 0 {
		t.Errorf("%d chunks kept, size %d", len(s.free), s.size)
	}
}

func TestSpoolTakesALineLongerThanAChunk(t *testing.T) {
	s := newSpool(1 << 20)
	s.add([]byte("a\n"))
	s.add([]byte(strings.Repeat("x", 2*chunkSize) + "\n"))
	for _, want := range []int{2, 2*chunkSize + 1} {
		lines, _ := s.take()
		if len(lines) != want {
			t.Errorf("take = %d bytes, want %d", len(lines), want)
		}
		s.give(lines, 0)
	}
	if got := s.lostSoFar(); got != 2 {
		t.Errorf("lost = %d, want 2", got)
	}
	for _, c := range s.free {
		if cap(c) != chunkSize {
			t.Errorf("kept a chunk of %d bytes", cap(c))
		}
	}
}

// TestSpoolWakes: one signal for the first line after an empty take, and none
// that could block.
func TestSpoolWakes(t *testing.T) {
	s := newSpool(1 << 20)
	for range 3 { // the signal is not taken: the writer woke for another reason
		s.take()
		s.add([]byte("a\n"))
		s.add([]byte("b\n"))
		if len(s.wake) != 1 {
			t.Errorf("%d signals, want 1", len(s.wake))
		}
		s.drop()
	}
}
