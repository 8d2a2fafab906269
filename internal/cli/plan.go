package cli

import (
	"errors"
	"time"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/cli/planner"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// desk is where questions about topologies are answered.
func (s *session) desk() *planner.Desk {
	now := time.Now()
	return &planner.Desk{
		Out: s.Stdout, Stderr: s.Stderr, Lang: s.lang, Paint: term.Paint(s.colored()),
		JSON: s.json, Verbose: s.verbose, Watched: s.Watched, Now: now,
		Read:  s.source,
		Parse: func(file string, src []byte) (*topology.Topology, []diag.Problem) { return s.topology(file, src, now) },
		Print: s.printJSON,
	}
}

// source returns what file holds, or a failure that says why not.
func (s *session) source(file string) ([]byte, error) {
	src, err := s.content(file)
	if err != nil {
		err = failed("cli.unreadable", file, cause(err))
	}
	return src, err
}

// answered is err as the command line has it, or errFindings if something wrong
// was found.
func answered(cmd *cobra.Command, wrong bool, err error) error {
	if m, ok := errors.AsType[*planner.Mistake](err); ok {
		if m.Hint.IsZero() {
			return hinted(cmd, &usageError{why: m.Why})
		}
		return &usageError{m.Why, m.Hint}
	}
	if f, ok := errors.AsType[*planner.Failure](err); ok {
		return &failure{why: f.Why}
	}
	if err == nil && wrong {
		return errFindings
	}
	return err
}

// completeFlagBy lets shells complete the values of a flag of cmd by the
// arguments that are there.
func completeFlagBy(cmd *cobra.Command, flag string, values func(args []string) []string) {
	err := cmd.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		return values(args), cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil {
		panic("cli: " + err.Error()) // cmd has no such flag
	}
}

// completeFirst completes the first argument with the name of a YAML file, the
// others with nothing.
func completeFirst(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}
