// Package cli is the top floor: one file per subcommand, flags in, report out.
// A command touches the process it runs in only through its Env, so tests run
// commands in process. It decides nothing: answers come from the floors below,
// and their words from the catalogue in base/reason.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/cli/labs"
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
	Terminal       bool // whether a person reads Stdout
	Watched        bool // whether a person reads Stderr
}

// Process is the Env of the running process.
func Process() Env {
	return Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv:   os.Getenv,
		Terminal: term.IsTerminal(int(os.Stdout.Fd())),
		Watched:  term.IsTerminal(int(os.Stderr.Fd())),
	}
}

// Main runs the command that args name and returns the exit code. What went
// wrong is printed here, once, and nowhere else.
func Main(ctx context.Context, env Env, args []string) int {
	out := &answer{Writer: env.Stdout}
	env.Stdout = out
	s := newSession(env, args)
	root := newRoot(s)
	root.SetArgs(args)
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	err := root.ExecuteContext(ctx)
	if lost := out.err(); lost != nil {
		err = fmt.Errorf("writing the answer: %w", lost)
	}
	if err == nil {
		return ExitOK
	}
	if errors.Is(err, errFindings) {
		return ExitFinding
	}
	if code, ok := errors.AsType[labs.Exited](err); ok {
		return int(code) // another process has said why
	}
	fmt.Fprintf(env.Stderr, "deguchi: %s\n", s.errorText(err))
	if usage, ok := errors.AsType[*usageError](err); ok {
		fmt.Fprintf(env.Stderr, "%s: %s\n", s.say("cli.hint"), usage.hint.In(s.lang))
		return ExitUsage
	}
	if f, ok := errors.AsType[*failure](err); ok && !f.hint.IsZero() {
		fmt.Fprintf(env.Stderr, "%s: %s\n", s.say("cli.hint"), f.hint.In(s.lang))
	}
	return ExitFailure
}

// errFindings ends a command that did its work, printed what it found, and
// found something wrong.
var errFindings = errors.New("problems found")

// usageError says that the arguments make no sense.
type usageError struct{ why, hint reason.Because }

func (e *usageError) Error() string { return e.why.In(reason.English) }

// usage returns a usageError whose words are in the catalogue. Its hint is to
// read the command's help unless hint says better.
func usage(code reason.Code, args ...string) *usageError {
	return &usageError{why: reason.New(code, args...), hint: reason.New("cli.help-hint", "deguchi")}
}

// failure is an error whose words are in the catalogue: the command could not
// do what was asked. hint is zero where there is nothing to advise.
type failure struct{ why, hint reason.Because }

func (e *failure) Error() string { return e.why.In(reason.English) }

// failed returns a failure with the words of code.
func failed(code reason.Code, args ...string) error {
	return &failure{why: reason.New(code, args...)}
}
