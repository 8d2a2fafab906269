package observe

import (
	"bytes"
	"sync"
)

const (
	chunkSize = 64 << 10
	maxFree   = 4 // chunks kept for later
)

// spool is a queue of whole lines, bounded in bytes. Lines are gathered in
// chunks, each of which is written by one call.
type spool struct {
	most int           // bytes
	wake chan struct{} // gets one signal when a line comes and asleep was set

	mu     sync.Mutex // held for the copy of a line
	chunks [][]byte   // oldest first; lines are added to the last
	free   [][]byte
	size   int // bytes in chunks, and in the one that was taken
	asleep bool
	closed bool
	lost   uint64
}

// add copies line, or counts it as lost if there is no room.
func (s *spool) add(line []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.size+len(line) > s.most {
		s.lost++
		return
	}
	last := len(s.chunks) - 1
	if last < 0 || len(s.chunks[last])+len(line) > chunkSize {
		s.chunks = append(s.chunks, s.chunk())
		last++
	}
	s.chunks[last] = append(s.chunks[last], line...)
	s.size += len(line)
	if s.asleep {
		s.asleep = false
		select {
		case s.wake <- struct{}{}:
		default: // it woke for another reason, and the last signal is still there
		}
	}
}

func (s *spool) chunk() []byte {
	if n := len(s.free); n > 0 {
		c := s.free[n-1]
		s.free = s.free[:n-1]
		return c
	}
	return make([]byte, 0, chunkSize)
}

// take returns the oldest lines, and whether there are full chunks behind
// them. With nothing to take, the next line sends a signal.
func (s *spool) take() (lines []byte, more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.chunks) == 0 {
		s.asleep = true
		return nil, false
	}
	lines = s.chunks[0]
	n := copy(s.chunks, s.chunks[1:])
	s.chunks[n] = nil
	s.chunks = s.chunks[:n]
	return lines, n > 1
}

// give returns the lines taken last. Those from unwritten on are lost.
func (s *spool) give(lines []byte, unwritten int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.size -= len(lines)
	s.lost += uint64(bytes.Count(lines[unwritten:], []byte{'\n'}))
	if len(s.free) < maxFree && cap(lines) == chunkSize {
		s.free = append(s.free, lines[:0])
	}
}

// close loses whatever comes from now on.
func (s *spool) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}

// drop loses all lines that wait.
func (s *spool) drop() {
	for lines, _ := s.take(); lines != nil; lines, _ = s.take() {
		s.give(lines, 0)
	}
}

func (s *spool) lostSoFar() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lost
}
