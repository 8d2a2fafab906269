package observe

import (
	"bytes"
	"runtime"
	"sync"
	"sync/atomic"
)

const (
	chunkSize = 64 << 10
	maxFree   = 4 // chunks kept for later
)

// spool is a queue of whole lines, bounded in bytes. Any number of goroutines add
// lines, without a lock: a tunnel that ends waits for no other. One goroutine, the
// writer, takes them, gathered in chunks, each of which is written by one call.
type spool struct {
	most int           // bytes
	wake chan struct{} // gets one signal when a line comes and asleep was set

	newest atomic.Pointer[entry] // of those that the writer has not gathered
	adding atomic.Int64          // adds under way
	size   atomic.Int64          // bytes of lines that wait, or are being written
	asleep atomic.Bool
	closed atomic.Bool
	lost   atomic.Uint64
	unused sync.Pool // *entry

	// The writer's own:
	chunks [][]byte // oldest first; lines are gathered in the last
	free   [][]byte
}

// entry is one line.
type entry struct {
	line  []byte
	older *entry
}

// add copies line, or counts it as lost if there is no room.
func (s *spool) add(line []byte) {
	s.adding.Add(1)
	defer s.adding.Add(-1)
	n := int64(len(line))
	if s.closed.Load() {
		s.lost.Add(1)
		return
	}
	if s.size.Add(n) > int64(s.most) {
		s.size.Add(-n)
		s.lost.Add(1)
		return
	}
	e, ok := s.unused.Get().(*entry)
	if !ok {
		e = new(entry)
	}
	e.line = append(e.line[:0], line...)
	for {
		e.older = s.newest.Load()
		if s.newest.CompareAndSwap(e.older, e) {
			break
		}
	}
	if s.asleep.Load() && s.asleep.CompareAndSwap(true, false) {
		select {
		case s.wake <- struct{}{}:
		default: // it woke for another reason, and the last signal is still there
		}
	}
}

// gather moves what was added to the chunks, oldest first.
func (s *spool) gather() {
	var oldest *entry
	for e := s.newest.Swap(nil); e != nil; {
		e.older, oldest, e = oldest, e, e.older
	}
	for e := oldest; e != nil; {
		last := len(s.chunks) - 1
		if last < 0 || len(s.chunks[last])+len(e.line) > chunkSize {
			s.chunks = append(s.chunks, s.chunk())
			last++
		}
		s.chunks[last] = append(s.chunks[last], e.line...)
		next := e.older
		e.older = nil
		s.unused.Put(e)
		e = next
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
	s.gather()
	if len(s.chunks) == 0 {
		s.asleep.Store(true)
		if s.newest.Load() == nil || !s.asleep.CompareAndSwap(true, false) {
			return nil, false
		}
		s.gather() // it came after the first look, and before asleep was set
	}
	if len(s.chunks) == 0 {
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
	s.size.Add(-int64(len(lines)))
	s.lost.Add(uint64(bytes.Count(lines[unwritten:], []byte{'\n'})))
	if len(s.free) < maxFree && cap(lines) == chunkSize {
		s.free = append(s.free, lines[:0])
	}
}

// close loses whatever comes from now on. What is being added is still taken.
func (s *spool) close() {
	s.closed.Store(true)
	for s.adding.Load() > 0 {
		runtime.Gosched() // they are copying a line
	}
}

// drop loses all lines that wait.
func (s *spool) drop() {
	for lines, _ := s.take(); lines != nil; lines, _ = s.take() {
		s.give(lines, 0)
	}
}

func (s *spool) lostSoFar() uint64 { return s.lost.Load() }
