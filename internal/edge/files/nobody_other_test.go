//go:build !linux

package files

import (
	"runtime"
	"testing"

	"github.com/deguchi-project/deguchi/internal/requiretest"
)

func asNobody(t *testing.T, _ string) {
	t.Helper()
	requiretest.That(t, runtime.GOOS != "windows", "modes of files")
}
