package observe

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/deguchi-project/deguchi/internal/model/config"
)

const (
	maxWaiting = 8 << 20         // bytes of lines that wait for a slow disk or collector
	farewell   = 2 * time.Second // for which Close waits
)

// AccessLog writes records to a file, a named pipe or standard output. One
// goroutine writes; all others only append to a bounded queue. An idle log
// writes a line at once, a busy one every five milliseconds. A nil AccessLog
// writes nothing.
type AccessLog struct {
	file   string
	format config.LogFormat
	lines  spool
	lent   sync.Pool // *[]byte, in which lines are made

	reopened chan *sink // opened anew, for the writer to take
	reopen   sync.Mutex
	end      sync.Once
	closing  chan struct{}
	closed   chan struct{}
	wait     sync.WaitGroup
}

// OpenLog opens the access log. File "-" is stdout, which Close leaves open;
// logger hears, at most once a minute, that lines are being lost. A named pipe
// that nobody reads yet is no error.
func OpenLog(file string, format config.LogFormat, stdout io.Writer, logger *slog.Logger) (*AccessLog, error) {
	l := &AccessLog{
		file:     file,
		format:   format,
		lines:    spool{most: maxWaiting, wake: make(chan struct{}, 1)},
		lent:     sync.Pool{New: func() any { b := make([]byte, 0, 1024); return &b }},
		reopened: make(chan *sink, 1),
		closing:  make(chan struct{}),
		closed:   make(chan struct{}),
	}
	out := &sink{Writer: stdout}
	if file != "-" {
		var err error
		if out, err = openSink(file); err != nil && !errors.Is(err, errNobodyReads) {
			return nil, fmt.Errorf("opening the access log: %w", err)
		}
	}
	w := &writer{l: l, out: out, complaint: complaint{logger: logger, file: file}}
	l.wait.Go(func() {
		defer close(l.closed)
		w.run()
	})
	return l, nil
}

// Write hands r to the log and returns at once. It keeps nothing of r. Squid's
// format has no lines for tunnels that open.
func (l *AccessLog) Write(r *Record) {
	if l == nil || l.format == config.LogSquid && r.Event == Open {
		return
	}
	b := l.lent.Get().(*[]byte)
	if l.format == config.LogSquid {
		*b = appendSquid((*b)[:0], r)
	} else {
		*b = appendJSON((*b)[:0], r)
	}
	l.lines.add(*b)
	l.lent.Put(b)
}

// Lost returns the number of lines dropped so far.
func (l *AccessLog) Lost() uint64 {
	if l == nil {
		return 0
	}
	return l.lines.lostSoFar()
}

// Reopen opens the file anew, for log rotation; lines go to it within
// milliseconds. If that fails the log goes on as before.
func (l *AccessLog) Reopen() error {
	if l == nil || l.file == "-" {
		return nil
	}
	l.reopen.Lock()
	defer l.reopen.Unlock()
	s, err := openSink(l.file)
	if err != nil {
		return fmt.Errorf("reopening the access log: %w", err)
	}
	select {
	case <-l.closing:
		s.close()
		return errors.New("reopening the access log: it is closed")
	case unused := <-l.reopened:
		unused.close()
	default:
	}
	l.reopened <- s
	return nil
}

// Close writes what is left, for a bounded time, and closes the file. The
// error says that lines were lost doing so.
func (l *AccessLog) Close() error {
	if l == nil {
		return nil
	}
	before := l.Lost()
	l.end.Do(func() { close(l.closing) })
	select {
	case <-l.closed:
	case <-time.After(farewell):
		return errors.New("closing the access log: it is stuck")
	}
	if lost := l.Lost() - before; lost > 0 {
		return fmt.Errorf("closing the access log: %d lines could not be written", lost)
	}
	return nil
}
