//go:build !windows

package probe

import (
	"syscall"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose"
)

// errnos are the numbers of this system for what may happen to a connection.
var errnos = []struct {
	errno   syscall.Errno
	outcome diagnose.Outcome
}{
	{syscall.ECONNREFUSED, diagnose.Refused},
	{syscall.ECONNRESET, diagnose.Reset},
	{syscall.EPIPE, diagnose.Reset},
	{syscall.EHOSTUNREACH, diagnose.Unreachable},
	{syscall.ENETUNREACH, diagnose.Unreachable},
	{syscall.ETIMEDOUT, diagnose.Timeout},
}
