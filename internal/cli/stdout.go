package cli

import (
	"io"
	"sync/atomic"
)

// answer is standard output that remembers its first failure, so that a full
// disk under "deguchi check > report" is an exit code and not a silence.
type answer struct {
	io.Writer
	failed atomic.Pointer[error]
}

// Write writes p and remembers what went wrong.
func (a *answer) Write(p []byte) (int, error) {
	n, err := a.Writer.Write(p)
	if err != nil {
		a.failed.CompareAndSwap(nil, &err)
	}
	return n, err
}

// err is the first failure, or nil.
func (a *answer) err() error {
	if first := a.failed.Load(); first != nil {
		return *first
	}
	return nil
}
