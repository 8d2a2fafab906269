package resolve

import (
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

const (
	maxFile = 1 << 20     // bytes of a watched file that are read
	looks   = time.Second // from one look to the next
)

// watched is what a file says. The file is looked at no more than once a
// second and read again when it has changed; one that has gone, or is no
// plain file, counts as it last was.
type watched[T any] struct {
	path  string
	parse func([]byte) T
	now   func() time.Time

	last atomic.Pointer[T]
	next atomic.Int64 // when to look again, in nanoseconds since start
	from time.Time
	mu   sync.Mutex // one looks, the others take what there is
	mod  time.Time
	size int64
}

// watch returns the file at path as parse reads it.
func watch[T any](path string, parse func([]byte) T, now func() time.Time) *watched[T] {
	w := &watched[T]{path: path, parse: parse, now: now, from: now()}
	empty := parse(nil)
	w.last.Store(&empty)
	w.look()
	return w
}

// value returns what the file says. It is shared: do not change it.
func (w *watched[T]) value() T {
	if now := int64(w.now().Sub(w.from)); now >= w.next.Load() && w.mu.TryLock() {
		w.next.Store(now + int64(looks))
		w.look()
		w.mu.Unlock()
	}
	return *w.last.Load()
}

// look reads the file if it is not the one that was read last.
func (w *watched[T]) look() {
	info, err := os.Stat(w.path)
	if err != nil || !info.Mode().IsRegular() || info.ModTime().Equal(w.mod) && info.Size() == w.size {
		return
	}
	f, err := os.Open(w.path)
	if err != nil {
		return
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return
	}
	w.mod, w.size = info.ModTime(), info.Size()
	v := w.parse(text)
	w.last.Store(&v)
}
