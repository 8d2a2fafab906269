//go:build !windows

package probe

import (
	"syscall"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// errnos are the numbers of this system for what may happen to a connection.
var errnos = []struct {
	errno   syscall.Errno
	outcome facts.Outcome
}{
	{syscall.ECONNREFUSED, facts.Refused},
	{syscall.ECONNRESET, facts.Reset},
	{syscall.EPIPE, facts.Reset},
	{syscall.EHOSTUNREACH, facts.Unreachable},
	{syscall.ENETUNREACH, facts.Unreachable},
	{syscall.ETIMEDOUT, facts.Timeout},
}
