//go:build !unix

package daemon

import "os"

// Where there is no SIGHUP, POST /reload on the admin listener reloads.
var (
	stopSignals     = []os.Signal{os.Interrupt}
	reloadSignals   []os.Signal
	handoverSignals []os.Signal
	ignoredSignals  []os.Signal
)
