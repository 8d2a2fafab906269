//go:build unix

package observe

import (
	"os"
	"syscall"
)

// alone locks file if nobody else has it locked, and reports whether it did or
// could not tell. It never waits: whoever may read the log can lock it.
func alone(file *os.File) bool {
	return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != syscall.EWOULDBLOCK
}

// share locks file together with all that write to it, until it is closed.
func share(file *os.File) {
	_ = syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
}
