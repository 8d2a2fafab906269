package e2e

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/deguchi-project/deguchi/internal/cli"
)

// Variables that make this binary the program under test.
const (
	asProgram   = "DEGUCHI_E2E_PROGRAM"   // be deguchi
	asActivated = "DEGUCHI_E2E_ACTIVATED" // and believe to be started by systemd
)

// here is the world around the proxy. All tests share it.
var here *world

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		if os.Getenv(asActivated) != "" { // systemd knows the pid that it gives to a program
			os.Setenv("LISTEN_PID", strconv.Itoa(os.Getpid()))
		}
		os.Exit(cli.Main(context.Background(), cli.Process(), os.Args[1:]))
	}
	if os.Getenv(asInside) != "" {
		if err := raiseLoopback(); err != nil {
			os.Exit(noNetwork)
		}
	} else if code, ok := inOwnNetwork(); ok {
		os.Exit(code)
	}
	os.Exit(inWorld(m.Run))
}

// inWorld runs the tests between the beginning and the end of the world.
func inWorld(run func() int) int {
	w, err := newWorld()
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		return 1
	}
	here = w
	code := run()
	w.end()
	return code
}
