package files

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

// asNobody lets the rest of a test see files as a user without rights does, and
// gives that user dir. Root's rights follow the thread's file system user.
func asNobody(t *testing.T, dir string) {
	t.Helper()
	if os.Getuid() != 0 {
		return
	}
	const nobody = 65534
	for _, name := range []string{filepath.Dir(dir), dir, filepath.Join(dir, "etc"), filepath.Join(dir, "etc", "x")} {
		if err := os.Chown(name, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	runtime.LockOSThread()
	if err := errors.Join(syscall.Setfsgid(nobody), syscall.Setfsuid(nobody)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(syscall.Setfsuid(0), syscall.Setfsgid(0)); err != nil {
			panic(err) // the thread must not go back to the others
		}
		runtime.UnlockOSThread()
	})
}
