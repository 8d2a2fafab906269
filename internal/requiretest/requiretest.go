// Package requiretest is the one way for a test to skip: what it needs is not
// on this machine. A user's `go test ./...` then goes on without; where every
// tool is said to be there (DEGUCHI_REQUIRE=all, as in CI) the test fails.
//
// Only tests import it.
package requiretest

import (
	"os"
	"os/exec"
	"runtime"
	"testing"
)

// Program returns the path of a program that the test runs, such as
// "/usr/bin/aws". A bare name is looked up in PATH.
func Program(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, "needs the program %s: %v", name, err)
	}
	return path
}

// Linux asks for Linux.
func Linux(t testing.TB) {
	t.Helper()
	if runtime.GOOS != "linux" {
		missing(t, "needs Linux")
	}
}

// That asks for anything else: ok says whether it is there, what what it is,
// as in "an IPv6 loopback address".
func That(t testing.TB, ok bool, what string) {
	t.Helper()
	if !ok {
		missing(t, "needs %s", what)
	}
}

func missing(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv("DEGUCHI_REQUIRE") == "all" {
		t.Fatalf(format, args...)
		return
	}
	t.Skipf(format, args...)
}
