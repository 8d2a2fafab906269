// Package cli is the top floor: one file per subcommand, flags in, report out.
// A command touches the process it runs in only through its Env, so tests run
// commands in process.
package cli

import (
	"io"
	"os"
)

// Exit codes are part of the interface: scripts branch on them.
const (
	ExitOK      = 0 // did what was asked
	ExitFinding = 1 // did it, and found something wrong
	ExitUsage   = 2 // the arguments make no sense
	ExitFailure = 3 // could not do it
)

// Env is all that a command may touch of the process it runs in.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
}

// Process is the Env of the running process.
func Process() Env { return Env{os.Stdin, os.Stdout, os.Stderr, os.Getenv} }

// Main runs the command that args name and returns the exit code.
func Main(env Env, args []string) int {
	return ExitUsage
}
