package labs

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/lab/fabric"
	"github.com/deguchi-project/deguchi/internal/edge/lab/program"
)

// House is what the commands take from the command line around them.
type House struct {
	Desk func() *Desk // once flags are read
	Say  func(code reason.Code, args ...string) string
	Args func(least, most int, name string) cobra.PositionalArgs
	// Usage and Failed make errors of the codes of wrong arguments and of what
	// could not be done; Found is the error of a command that found something
	// wrong.
	Usage    func(cmd *cobra.Command, code reason.Code, args ...string) error
	Failed   func(why reason.Because) error
	Found    error
	Complete func(cmd *cobra.Command, flag string, values []string)
}

// Commands are those below "deguchi lab".
func (h House) Commands() []*cobra.Command { return []*cobra.Command{h.run(), h.demo(), h.fetch()} }

var (
	engines  = []string{"deguchi", "squid"}
	programs = []string{"aws", "curl", "go", "python"}
)

func (h House) run() *cobra.Command {
	var r Request
	cmd := &cobra.Command{
		Use:     "run TOPOLOGY [-- COMMAND...]",
		Short:   h.Say("cli.lab.run"),
		Long:    h.Say("cli.lab.run.long"),
		Example: "deguchi lab run examples/story-b-ten-routes.yaml\ndeguchi lab run network.yaml --exec client:app -- aws s3 ls",
		Args:    h.Args(1, -1, "TOPOLOGY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r.File, r.Command = args[0], args[1:]
			if err := h.sound(cmd, &r); err != nil {
				return err
			}
			wrong, err := h.Desk().Run(cmd.Context(), &r)
			return h.ended(wrong, err, r.File)
		},
	}
	f := cmd.Flags()
	f.StringVar(&r.Engine, "engine", "", h.Say("cli.flag.lab-engine"))
	f.StringVar(&r.AWS, "aws", "", h.Say("cli.flag.lab-aws"))
	f.StringVar(&r.Program, "program", "", h.Say("cli.flag.lab-program"))
	f.StringVar(&r.Only, "only", "", h.Say("cli.flag.lab-only"))
	f.StringVar(&r.Shell, "shell", "", h.Say("cli.flag.lab-shell"))
	f.StringVar(&r.Exec, "exec", "", h.Say("cli.flag.lab-exec"))
	f.StringVar(&r.PCAP, "pcap", "", h.Say("cli.flag.lab-pcap"))
	f.BoolVar(&r.Keep, "keep", false, h.Say("cli.flag.lab-keep"))
	h.Complete(cmd, "engine", engines)
	h.Complete(cmd, "program", programs)
	return cmd
}

// sound refuses what makes no sense together.
func (h House) sound(cmd *cobra.Command, r *Request) error {
	switch {
	case r.Engine != "" && !slices.Contains(engines, r.Engine):
		return h.Usage(cmd, "cli.bad-choice", "--engine", `"`+r.Engine+`"`, strings.Join(engines, ", "))
	case r.Program != "" && !slices.Contains(programs, r.Program):
		return h.Usage(cmd, "cli.bad-choice", "--program", `"`+r.Program+`"`, strings.Join(programs, ", "))
	case r.Exec != "" && len(r.Command) == 0:
		return h.Usage(cmd, "cli.missing-argument", "COMMAND")
	case r.Exec == "" && len(r.Command) > 0:
		return h.Usage(cmd, "cli.extra-argument", `"`+r.Command[0]+`"`)
	}
	return nil
}

func (h House) demo() *cobra.Command {
	var only string
	cmd := &cobra.Command{
		Use:     "demo",
		Short:   h.Say("cli.lab.demo"),
		Long:    h.Say("cli.lab.demo.long"),
		Example: "deguchi lab demo\ndeguchi lab demo --story b",
		Args:    h.Args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			only = strings.ToLower(only)
			if only != "" && !slices.Contains(letters(), only) {
				return h.Usage(cmd, "cli.bad-choice", "--story", `"`+only+`"`, strings.Join(letters(), ", "))
			}
			wrong, err := h.Desk().Demo(cmd.Context(), only)
			return h.ended(wrong, err, "")
		},
	}
	cmd.Flags().StringVar(&only, "story", "", h.Say("cli.flag.lab-story"))
	h.Complete(cmd, "story", letters())
	return cmd
}

// fetch is the Go client, which the lab starts at its clients.
func (h House) fetch() *cobra.Command {
	return &cobra.Command{
		Use:     "fetch -- ARGUMENT...",
		Short:   h.Say("cli.lab.fetch"),
		Example: "deguchi lab run network.yaml --program go",
		Hidden:  true,
		Args:    h.Args(1, -1, "ARGUMENT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if code := program.Main(cmd.Context(), args, h.Desk().Out); code != 0 {
				return Exited(code)
			}
			return nil
		},
	}
}

// ended is the end of a command.
func (h House) ended(wrong bool, err error, file string) error {
	if u, ok := errors.AsType[*fabric.Unable](err); ok {
		return h.Failed(reason.New("cli.lab.unable").With(u.Why))
	}
	if e, ok := errors.AsType[*ErrNoNode](err); ok {
		return h.Failed(reason.New("lab.no-node", e.Name, strings.Join(e.Nodes, ", ")))
	}
	switch {
	case errors.Is(err, ErrNoTests):
		return h.Failed(reason.New("cli.verify.no-tests", file))
	case errors.Is(err, context.Canceled):
		return nil
	case err == nil && wrong:
		return h.Found
	}
	return err
}
