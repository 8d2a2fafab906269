//go:build unix

package cli

import (
	"os"
	"syscall"
)

// What stops the proxy, and what makes it read its configuration again and
// open its log anew.
var (
	stopSignals   = []os.Signal{os.Interrupt, syscall.SIGTERM}
	reloadSignals = []os.Signal{syscall.SIGHUP}
)
