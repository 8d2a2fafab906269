package observe

import (
	"fmt"
	"strings"
	"sync"
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
	if len(s.free) > maxFree || s.size.Load() != 0 {
		t.Errorf("%d chunks kept, size %d", len(s.free), s.size.Load())
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

// However many add at once, no line is missing, torn or out of the order in which
// one goroutine has added it; and what the end finds is counted.
func TestSpoolTakesFromMany(t *testing.T) {
	const many, each = 8, 2000
	s := newSpool(1 << 30)
	var all sync.WaitGroup
	for g := range many {
		all.Go(func() {
			for i := range each {
				s.add(fmt.Appendf(nil, "%d %d\n", g, i))
			}
		})
	}
	ended := make(chan struct{})
	go func() { all.Wait(); close(ended) }()
	var next [many]int
	taken := 0
	for closing := false; ; {
		lines, _ := s.take()
		if lines == nil && closing {
			break
		}
		if lines == nil {
			select {
			case <-s.wake:
			case <-ended:
				s.close()
				closing = true
			}
			continue
		}
		for line := range strings.Lines(string(lines)) {
			var g, i int
			if _, err := fmt.Sscanf(line, "%d %d\n", &g, &i); err != nil || i != next[g] {
				t.Fatalf("line %q, want number %d of it", line, next[g])
			}
			next[g]++
			taken++
		}
		s.give(lines, len(lines))
	}
	s.add([]byte("too late\n"))
	if taken != many*each || s.lostSoFar() != 1 || s.size.Load() != 0 {
		t.Errorf("%d lines of %d, %d lost, %d bytes left, want all, 1, 0", taken, many*each, s.lostSoFar(), s.size.Load())
	}
}
