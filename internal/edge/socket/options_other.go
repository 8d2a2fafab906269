//go:build !unix

package socket

import (
	"syscall"
	"time"
)

// Listening does nothing: where sockets do not inherit, Go's own defaults (15 s)
// stand.
func Listening(time.Duration) func(_, _ string, _ syscall.RawConn) error { return nothing }

// Connecting does nothing, likewise.
func Connecting(time.Duration) func(_, _ string, _ syscall.RawConn) error { return nothing }

func nothing(_, _ string, _ syscall.RawConn) error { return nil }
