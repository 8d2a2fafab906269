package probe

import (
	"golang.org/x/sys/windows"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// errnos are the numbers of this system for what may happen to a connection.
var errnos = []struct {
	errno   windows.Errno
	outcome facts.Outcome
}{
	{windows.WSAECONNREFUSED, facts.Refused},
	{windows.WSAECONNRESET, facts.Reset},
	{windows.WSAECONNABORTED, facts.Reset},
	{windows.WSAEHOSTUNREACH, facts.Unreachable},
	{windows.WSAENETUNREACH, facts.Unreachable},
	{windows.WSAETIMEDOUT, facts.Timeout},
}
