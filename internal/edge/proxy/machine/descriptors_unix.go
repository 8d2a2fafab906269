//go:build unix

package machine

import "golang.org/x/sys/unix"

// Descriptors raises the soft limit of descriptors to the hard one and
// returns it. Go does so by itself at start (os, since 1.19), but a parent may
// have been asked to keep the soft limit low.
func Descriptors() int64 {
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &l); err != nil {
		return 1024
	}
	if l.Cur < l.Max {
		raised := unix.Rlimit{Cur: l.Max, Max: l.Max}
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &raised); err == nil {
			l = raised
		}
	}
	return int64(min(uint64(l.Cur), 1<<31)) // the field's type differs by system
}
