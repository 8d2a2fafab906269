//go:build unix

package remote

import (
	"io/fs"
	"os"
	"syscall"
)

// onlyOurs reports whether nobody but this user and root can write a file.
func onlyOurs(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && info.Mode().IsRegular() && info.Mode()&0o022 == 0 && (int(st.Uid) == os.Geteuid() || st.Uid == 0)
}

// syncFolder makes the change of a name in root last.
func syncFolder(root *os.Root) error {
	dir, err := root.Open(".")
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}
