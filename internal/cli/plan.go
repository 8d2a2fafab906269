package cli

import (
	"errors"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/cli/planner"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// planFlags are those of the commands that ask a topology.
type planFlags struct {
	format  string
	strict  bool
	changes []string
}

func (f *planFlags) add(s *session, cmd *cobra.Command, formats planner.Formats) {
	cmd.Flags().StringVar(&f.format, "format", "text", s.say("cli.flag.route-format", choices(formats)))
	cmd.Flags().BoolVar(&f.strict, "strict", false, s.say("cli.flag.route-strict"))
	cmd.Flags().StringArrayVar(&f.changes, "change", nil, s.say("cli.flag.route-change"))
	completeFlag(cmd, "format", formats)
}

// printer writes answers about topologies.
func (s *session) printer() *planner.Printer {
	return &planner.Printer{Out: s.Stdout, Lang: s.lang, Paint: term.Paint(s.colored()), Verbose: s.verbose}
}

// progress returns what to tell how far an answer is, nil if nobody watches, and
// what to call at the end.
func (s *session) progress() (tell func(done, all int), end func()) {
	if !s.Watched {
		return nil, func() {}
	}
	p := planner.NewProgress(s.Stderr, s.lang)
	return p.Done, p.End
}

// planned is a topology with its source.
type planned struct {
	*topology.Topology
	src []byte
}

// planned returns the topology in file as changes make it. What is wrong with
// either is printed on standard error.
func (s *session) planned(file string, changes []string) (planned, error) {
	src, err := s.content(file)
	if err != nil {
		return planned{}, failed("cli.unreadable", file, cause(err))
	}
	t, problems := s.topology(file, src, time.Now())
	if t == nil {
		return planned{}, s.rejected(problems, file, src, failed("cli.route.invalid", file))
	}
	for i, text := range changes {
		name := "--change " + strconv.Itoa(i+1)
		change, problems := topology.ReadChange(name, []byte(text))
		if len(problems) == 0 {
			if t, problems = t.Apply(change); t != nil {
				continue
			}
		}
		return planned{}, s.rejected(problems, name, []byte(text), &planner.Mistake{Why: reason.New("cli.route.change")})
	}
	return planned{t, src}, nil
}

// rejected prints problems of the file that holds src, and returns why.
func (s *session) rejected(problems []diag.Problem, file string, src []byte, why error) error {
	if err := s.printProblems(s.Stderr, problems, map[string][]byte{file: src}); err != nil {
		return err
	}
	return why
}

// mistaken puts a question that makes no sense into a usageError of cmd.
func mistaken(cmd *cobra.Command, err error) error {
	m, ok := errors.AsType[*planner.Mistake](err)
	switch {
	case !ok:
		return err
	case m.Hint.IsZero():
		return hinted(cmd, &usageError{why: m.Why})
	}
	return &usageError{m.Why, m.Hint}
}

// foundIf is err, or errFindings if something wrong was found.
func foundIf(found bool, err error) error {
	if err == nil && found {
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

// completeFirst completes the first argument with a file's name, the others
// with nothing.
func completeFirst(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}
