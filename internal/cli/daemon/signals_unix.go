//go:build unix

package daemon

import (
	"os"
	"syscall"
)

// What stops the proxy, what makes it read its configuration again and open its
// log anew, what makes it hand over to a newer program, and what must not end it: Go dies of a broken pipe at standard
// output (os/signal, "SIGPIPE"), where the reader of the access log may go away.
var (
	stopSignals     = []os.Signal{os.Interrupt, syscall.SIGTERM}
	reloadSignals   = []os.Signal{syscall.SIGHUP}
	handoverSignals = []os.Signal{syscall.SIGUSR2}
	ignoredSignals  = []os.Signal{syscall.SIGPIPE}
)
