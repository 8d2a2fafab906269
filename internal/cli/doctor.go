package cli

import (
	"errors"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/cli/doctor"
	"github.com/deguchi-project/deguchi/internal/edge/probe"
	"github.com/deguchi-project/deguchi/internal/engine/diagnose/collector"
)

// newDoctor is the command "deguchi doctor", with explain, script and read.
func newDoctor(s *session) *cobra.Command {
	var q doctor.Question
	cmd := &cobra.Command{
		Use:   "doctor [COMMAND]",
		Short: s.say("cli.doctor"),
		Long:  s.say("cli.doctor.long"),
		Example: "deguchi doctor --for session-manager --region ap-northeast-1\n" +
			"deguchi doctor --proxy http://proxy.example:3128 --for https://corp-reports.s3.ap-northeast-1.amazonaws.com/",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			wrong, err := s.clinic().Examine(cmd.Context(), &q)
			return diagnosed(cmd, wrong, err)
		},
	}
	s.doctorFlags(cmd, &q)
	cmd.Flags().StringVar(&q.User, "user", "", s.say("cli.flag.doctor-user"))
	cmd.Flags().DurationVar(&q.Slow, "slow", 0, s.say("cli.flag.doctor-slow"))
	cmd.Flags().BoolVar(&q.Identity, "identity", false, s.say("cli.flag.doctor-identity"))
	cmd.Flags().StringVar(&q.Archive, "archive", "", s.say("cli.flag.doctor-archive"))
	cmd.AddCommand(newDoctorExplain(s), newDoctorScript(s), newDoctorRead(s))
	return cmd
}

// doctorFlags adds the flags that the doctor and its scripts have in common.
func (s *session) doctorFlags(cmd *cobra.Command, q *doctor.Question) {
	flags := cmd.Flags()
	flags.StringVar(&q.Proxy, "proxy", "", s.say("cli.flag.doctor-proxy"))
	flags.StringSliceVar(&q.Wants, "for", nil, s.say("cli.flag.doctor-for"))
	flags.StringVar(&q.Region, "region", "", s.say("cli.flag.doctor-region"))
	flags.StringVar(&q.Unit, "unit", "", s.say("cli.flag.doctor-unit"))
	flags.StringVar(&q.PID, "pid", "", s.say("cli.flag.doctor-pid"))
	flags.BoolVar(&q.Agent, "ssm-agent", false, s.say("cli.flag.doctor-agent"))
	flags.StringSliceVar(&q.Programs, "program", nil, s.say("cli.flag.doctor-program"))
	completeFlag(cmd, "for", jobNames())
}

// newDoctorExplain is the command "deguchi doctor explain -".
func newDoctorExplain(s *session) *cobra.Command {
	return &cobra.Command{
		Use:     "explain -",
		Short:   s.say("cli.doctor.explain"),
		Example: "aws s3 ls 2>&1 | deguchi doctor explain -",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || args[0] != "-" {
				return &usageError{reason.New("cli.doctor.stdin-only"), reason.New("cli.doctor.stdin-how")}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			wrong, err := s.clinic().Explain()
			return diagnosed(cmd, wrong, err)
		},
	}
}

// newDoctorScript is the command "deguchi doctor script".
func newDoctorScript(s *session) *cobra.Command {
	var q doctor.Question
	cmd := &cobra.Command{
		Use:       "script sh|powershell",
		Short:     s.say("cli.doctor.script"),
		Example:   "deguchi doctor script sh --ssm-agent --region ap-northeast-1 > collect.sh",
		Args:      s.args(1, 1, "sh|powershell"),
		ValidArgs: collector.Shells(),
		RunE: func(cmd *cobra.Command, args []string) error {
			return diagnosed(cmd, false, s.clinic().Script(args[0], &q))
		},
	}
	s.doctorFlags(cmd, &q)
	return cmd
}

// newDoctorRead is the command "deguchi doctor read".
func newDoctorRead(s *session) *cobra.Command {
	return &cobra.Command{
		Use:     "read FILE...",
		Short:   s.say("cli.doctor.read"),
		Example: "deguchi doctor read facts/*.txt",
		Args:    s.args(1, -1, "FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			wrong, err := s.clinic().Read(args)
			return diagnosed(cmd, wrong, err)
		},
	}
}

// clinic is where the questions of "deguchi doctor" are answered.
func (s *session) clinic() *doctor.Clinic {
	return &doctor.Clinic{
		In: s.Stdin, Out: s.Stdout, Stderr: s.Stderr, Lang: s.lang, Paint: term.Paint(s.colored()),
		JSON: s.json, Verbose: s.verbose, Version: version().Version, Print: s.printJSON,
		World: probe.Here(runtime.GOOS), Limits: probe.Usual,
	}
}

// diagnosed is err as the command line has it, or errFindings if something
// wrong was found.
func diagnosed(cmd *cobra.Command, wrong bool, err error) error {
	if m, ok := errors.AsType[*doctor.Mistake](err); ok {
		if m.Hint.IsZero() {
			return hinted(cmd, &usageError{why: m.Why})
		}
		return &usageError{m.Why, m.Hint}
	}
	if f, ok := errors.AsType[*doctor.Failure](err); ok {
		return &failure{why: f.Why}
	}
	if err == nil && wrong {
		return errFindings
	}
	return err
}
