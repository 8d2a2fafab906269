package cli

import (
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/exclude"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy/lint"
)

// newNoProxyLint is the command "deguchi noproxy lint".
func newNoProxyLint(s *session) *cobra.Command {
	var programs []string
	cmd := &cobra.Command{
		Use:   "lint VALUE",
		Short: s.say("cli.noproxy.lint"),
		Long:  s.say("cli.noproxy.lint.long", strings.Join(lint.Usual, ", ")),
		Example: "deguchi noproxy lint \"$NO_PROXY\"\n" +
			"deguchi noproxy lint --programs aws-cli-v2,wget2,apt '169.254.0.0/16, *.example.com'",
		Args: s.args(1, 1, "VALUE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return ownHelp(cmd, s.noproxyLint(args[0], programs))
		},
	}
	cmd.Flags().StringSliceVar(&programs, "programs", lint.Usual, s.say("cli.flag.noproxy-programs"))
	return cmd
}

// noproxyLint says what is wrong with value for programs.
func (s *session) noproxyLint(value string, programs []string) error {
	r, err := lint.Value(value, programs)
	if e, ok := errors.AsType[*noproxy.UnknownProgramError](err); ok {
		return unknownProgram(e, "--programs")
	} else if err != nil {
		return err
	}
	p := s.exceptions()
	if s.json {
		err = s.printJSON("noproxy-lint", p.Linted(value, programs, r))
	} else {
		err = p.Lint(value, programs, r)
	}
	if worst, any := diag.Worst(r.Problems()); err == nil && any && worst != diag.Note {
		return errFindings
	}
	return err
}

// newNoProxyFor is the command "deguchi noproxy for".
func newNoProxyFor(s *session) *cobra.Command {
	var file, client string
	var programs []string
	cmd := &cobra.Command{
		Use:     "for",
		Short:   s.say("cli.noproxy.for"),
		Long:    s.say("cli.noproxy.for.long"),
		Example: "deguchi noproxy for --topology topology.yaml --client ec2 --programs aws-cli-v2,ssm-agent",
		Args:    s.args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if file == "" || client == "" {
				return hinted(cmd, usage("cli.noproxy-place"))
			}
			return ownHelp(cmd, s.noproxyFor(file, client, programs))
		},
	}
	cmd.Flags().StringVar(&file, "topology", "", s.say("cli.flag.noproxy-topology"))
	cmd.Flags().StringVar(&client, "client", "", s.say("cli.flag.noproxy-client"))
	cmd.Flags().StringSliceVar(&programs, "programs", nil, s.say("cli.flag.noproxy-programs-client"))
	return cmd
}

// noproxyFor prints the list that is right for client of the topology in file.
func (s *session) noproxyFor(file, client string, programs []string) error {
	now := time.Now()
	t, err := s.soundTopology(file, now)
	if err != nil {
		return err
	}
	if c := t.Client(client); c != nil && len(programs) == 0 {
		programs = []string{c.Program.V}
	}
	v, err := exclude.For(t, client, programs, now)
	if e, ok := errors.AsType[*noproxy.UnknownProgramError](err); ok {
		return unknownProgram(e, "--programs")
	}
	if e, ok := errors.AsType[*exclude.UnknownClientError](err); ok {
		return &usageError{reason.New("cli.noproxy-client", client, file), e.Meant}
	}
	if err != nil {
		return err
	}
	p := s.exceptions()
	doc := p.Placed(client, programs, v)
	if s.json {
		err = s.printJSON("noproxy-for", doc)
	} else {
		err = p.Place(doc)
	}
	if err == nil && len(v.Unproven) > 0 {
		return errFindings
	}
	return err
}
