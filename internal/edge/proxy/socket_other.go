//go:build !unix

package proxy

import "syscall"

// Where sockets do not inherit, Go's own defaults (15 s) stand.
func inherited(_, _ string, _ syscall.RawConn) error { return nil }

func probed(_, _ string, _ syscall.RawConn) error { return nil }
