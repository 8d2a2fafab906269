// Package turns decides who is next when several wait: one of each in turn,
// however many of one are waiting. It knows neither what they wait for nor who
// they are.
package turns

// Queue holds what waits, in a line for each whose it is. The zero Queue is empty.
// It is for one goroutine.
type Queue[T any] struct {
	lines map[uint64]*line[T] // those with somebody in them
	first *line[T]            // whose turn it is; they form a ring
	last  *line[T]            // whose turn it was; the next one is first
	size  int
	spare *line[T] // the one that ended last: most queues are empty again at once
}

// line is what waits for one.
type line[T any] struct {
	whose uint64
	items []T
	done  int // of items, from the front
	next  *line[T]
}

// Len returns how many wait.
func (q *Queue[T]) Len() int { return q.size }

// Push has item wait in the line of whose.
func (q *Queue[T]) Push(whose uint64, item T) {
	q.size++
	if l := q.lines[whose]; l != nil {
		l.items = append(l.items, item)
		return
	}
	l := q.spare
	if q.spare = nil; l == nil {
		l = &line[T]{}
	}
	l.whose, l.items = whose, append(l.items, item)
	if q.lines == nil {
		q.lines = map[uint64]*line[T]{}
	}
	q.lines[whose] = l
	if q.first == nil {
		q.first, q.last, l.next = l, l, l
		return
	}
	l.next = q.first // behind everybody who waits now
	q.last.next = l
	q.last = l
}

// Pop takes the one whose turn it is; ok is false if nobody waits.
func (q *Queue[T]) Pop() (item T, ok bool) {
	l := q.first
	if l == nil {
		return item, false
	}
	q.size--
	var none T
	item, l.items[l.done] = l.items[l.done], none
	l.done++
	if l.done < len(l.items) {
		q.compact(l)
		q.last, q.first = l, l.next
		return item, true
	}
	delete(q.lines, l.whose)
	if q.first = l.next; q.first == l {
		q.first, q.last = nil, nil
	} else {
		q.last.next = q.first
	}
	if l.items, l.done = l.items[:0], 0; cap(l.items) > kept {
		l.items = nil
	}
	l.next = nil
	q.spare = l
	return item, true
}

// kept is how long a line may have been that is used again.
const kept = 64

// compact gives room back that a line does not need any more: one that always has
// somebody in it would grow for ever.
func (q *Queue[T]) compact(l *line[T]) {
	if l.done < kept || 2*l.done < len(l.items) {
		return
	}
	n := copy(l.items, l.items[l.done:])
	clear(l.items[n:])
	l.items, l.done = l.items[:n], 0
}
