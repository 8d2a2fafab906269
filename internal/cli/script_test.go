package cli_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/deguchi-project/deguchi/internal/cli"
)

var update = flag.Bool("update", false, "write what the commands print into the scripts")

// TestMain makes this test binary answer to the name deguchi, so that scripts
// run the program without a build.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"deguchi": func() {
			os.Exit(cli.Main(context.Background(), cli.Process(), os.Args[1:]))
		},
	})
}

// TestScripts runs testdata/script: input files, a command, and what it prints
// in one text file. With -update the expectations are rewritten; read the diff.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("LC_ALL", "C")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits,
		},
	})
}

// exits is the script command "exits CODE PROGRAM ARGS...": exec that asks for
// one exit code, because the codes are part of the interface.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARGS...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("%v exits with %d, want %d", args[1:], got, want)
	}
}
