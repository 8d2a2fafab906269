package probe

import (
	"golang.org/x/sys/windows"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose"
)

// errnos are the numbers of this system for what may happen to a connection.
var errnos = []struct {
	errno   windows.Errno
	outcome diagnose.Outcome
}{
	{windows.WSAECONNREFUSED, diagnose.Refused},
	{windows.WSAECONNRESET, diagnose.Reset},
	{windows.WSAECONNABORTED, diagnose.Reset},
	{windows.WSAEHOSTUNREACH, diagnose.Unreachable},
	{windows.WSAENETUNREACH, diagnose.Unreachable},
	{windows.WSAETIMEDOUT, diagnose.Timeout},
}
