package observe

import (
	"bytes"
	"context"
	"log/slog"
	"time"
)

const (
	pause    = 5 * time.Millisecond // between writes of a busy log
	minRetry = 100 * time.Millisecond
	maxRetry = time.Second
	quiet    = time.Minute // between two warnings
)

// writer is the goroutine that takes lines out of the spool. All of it belongs
// to that goroutine.
type writer struct {
	l         *AccessLog
	out       *sink // nil: could not be opened yet
	complaint complaint
}

// run writes until the log is closed and the spool is empty.
func (w *writer) run() {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	for closing := false; ; {
		lines, more := w.l.lines.take()
		if lines == nil {
			if closing {
				break
			}
			closing = w.idle()
			continue
		}
		unwritten := w.put(lines)
		w.l.lines.give(lines, unwritten)
		if unwritten < len(lines) { // the log is being closed, and that was the last try
			w.l.lines.close()
			w.l.lines.drop()
			break
		}
		if !more && !closing {
			timer.Reset(pause)
			closing = w.rest(timer)
		}
	}
	w.out.close()
	select {
	case s := <-w.l.reopened:
		s.close()
	default:
	}
}

// idle waits for a line. It reports whether the log is being closed; from then
// on no line is accepted.
func (w *writer) idle() (closing bool) {
	select {
	case <-w.l.lines.wake:
	case s := <-w.l.reopened:
		w.change(s)
	case <-w.l.closing:
		w.l.lines.close()
		return true
	}
	return false
}

// rest lets lines gather until the timer fires, and reports what idle does.
func (w *writer) rest(timer *time.Timer) (closing bool) {
	select {
	case <-timer.C:
	case s := <-w.l.reopened:
		w.change(s)
	case <-w.l.closing:
		w.l.lines.close()
		return true
	}
	return false
}

// put writes lines, however long it takes and to whichever file the log has
// by then; it gives up only when the log is being closed. What it returns is
// where the unwritten lines begin.
func (w *writer) put(lines []byte) (unwritten int) {
	retry := minRetry
	for {
		n, err := w.try(lines[unwritten:])
		unwritten += n
		if err == nil {
			w.complaint.over(w.l.Lost())
			return unwritten
		}
		w.complaint.about(err, w.l.Lost())
		select {
		case <-time.After(retry):
			retry = min(2*retry, maxRetry)
		case s := <-w.l.reopened:
			w.change(s)
			// The old file ends in half a line, the new one begins with a whole.
			unwritten = bytes.LastIndexByte(lines[:unwritten], '\n') + 1
		case <-w.l.closing:
			return unwritten
		}
	}
}

// try writes once, to a file that it opens if need be.
func (w *writer) try(lines []byte) (n int, err error) {
	if w.out == nil {
		if w.out, err = openSink(w.l.file); err != nil {
			return 0, err
		}
	}
	return w.out.write(lines)
}

func (w *writer) change(s *sink) {
	w.out.close()
	w.out = s
}

// complaint tells the logger about lines that cannot be written, once a minute
// at most, and how many were lost when they can be again.
type complaint struct {
	logger *slog.Logger
	file   string
	last   time.Time
	open   bool   // something was said, and it is not over
	told   uint64 // lines lost that were told of
}

func (c *complaint) about(err error, lost uint64) {
	if now := time.Now(); c.last.IsZero() || now.Sub(c.last) >= quiet {
		c.last, c.open = now, true
		c.warn("access log cannot be written", lost, slog.Any("err", err))
	}
}

// over is said after every write that succeeded. A collector that is too slow
// loses lines without an error.
func (c *complaint) over(lost uint64) {
	switch {
	case c.open:
		c.warn("access log is written again", lost)
		c.open, c.told = false, lost
	case lost > c.told && time.Since(c.last) >= quiet:
		c.last = time.Now()
		c.warn("access log lost lines: what reads it is too slow", lost)
		c.told = lost
	}
}

func (c *complaint) warn(what string, lost uint64, more ...slog.Attr) {
	attrs := append([]slog.Attr{slog.String("file", c.file), slog.Uint64("lost", lost-c.told)}, more...)
	c.logger.LogAttrs(context.Background(), slog.LevelWarn, what, attrs...) //nolint:sloglint // a constant of the callers
}
