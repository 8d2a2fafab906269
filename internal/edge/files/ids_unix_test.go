//go:build unix

package files

import (
	"os"
	"syscall"
	"testing"
)

func ids(t *testing.T, name string) (uid, gid int) {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	st := info.Sys().(*syscall.Stat_t)
	return int(st.Uid), int(st.Gid)
}
