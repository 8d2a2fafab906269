package kits

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/kit"
	"github.com/deguchi-project/deguchi/internal/model/kitfile"
)

// House is what the commands take from the command line around them.
type House struct {
	Desk func() Desk // once flags are read
	Say  func(code reason.Code, args ...string) string
	Args func(least, most int, name string) cobra.PositionalArgs
	// Usage and Failed make errors of the codes of wrong arguments and of what
	// could not be done; Report prints problems as the answer, Problems beside it.
	Usage    func(cmd *cobra.Command, code reason.Code, args ...string) error
	Failed   func(code reason.Code, args ...string) error
	Read     func(file string) ([]byte, error)
	Report   func(clean []string, src map[string][]byte, problems []diag.Problem) error
	Problems func(file string, src []byte, problems []diag.Problem) error
}

// Commands are those below "deguchi kit".
func (h House) Commands() []*cobra.Command {
	return []*cobra.Command{h.cloudFormation(), h.terraform(), h.check(), h.size(), h.pricesFile()}
}

func (h House) cloudFormation() *cobra.Command {
	return h.writing("cloudformation", "cli.kit.cloudformation", "deguchi kit cloudformation stacks --kit kit.yaml", Desk.CloudFormation)
}

func (h House) terraform() *cobra.Command {
	return h.writing("terraform", "cli.kit.terraform", "deguchi kit terraform modules --kit kit.yaml", Desk.Terraform)
}

// writing is a command that writes a kit into a folder.
func (h House) writing(name string, words reason.Code, example string, write func(Desk, *kit.Plan, Request) error) *cobra.Command {
	var file string
	var r Request
	cmd := &cobra.Command{
		Use:     name + " DIR",
		Short:   h.Say(words),
		Long:    h.Say(words + ".long"),
		Example: example,
		Args:    h.Args(1, 1, "DIR"),
		RunE: func(_ *cobra.Command, args []string) error {
			r.Dir = args[0]
			p, err := h.sound(file)
			if err != nil {
				return err
			}
			if err = write(h.Desk(), p, r); errors.Is(err, ErrStopped) {
				return h.Failed("cli.kit.stopped")
			}
			return err
		},
	}
	cmd.Flags().StringVar(&file, "kit", "kit.yaml", h.Say("cli.flag.kit"))
	cmd.Flags().StringVar(&r.Topology, "topology", "", h.Say("cli.flag.kit-topology"))
	cmd.Flags().BoolVar(&r.Force, "force", false, h.Say("cli.flag.kit-force"))
	return cmd
}

// sound returns what the kit in file needs. What is wrong with it is printed
// beside the answer.
func (h House) sound(file string) (*kit.Plan, error) {
	src, err := h.Read(file)
	if err != nil {
		return nil, err
	}
	p, problems := h.Desk().Plan(file, src)
	if err := h.Problems(file, src, problems); err != nil {
		return nil, err
	}
	if p == nil {
		return nil, h.Failed("cli.kit.invalid", file)
	}
	return p, nil
}

// looked returns the files that name is or holds, and what is wrong with them.
func (h House) looked(name, exit string) (map[string][]byte, []diag.Problem, error) {
	modules, err := modulesOf(name)
	if err != nil {
		return nil, nil, err
	}
	src := make(map[string][]byte)
	if len(modules) == 0 {
		if src[name], err = h.Read(name); err != nil {
			return nil, nil, err
		}
		return src, h.Desk().Check(name, src[name], exit), nil
	}
	problems, err := h.Desk().modules(modules, exit, src)
	return src, problems, err
}

func (h House) check() *cobra.Command {
	var exit string
	exits := kitfile.Exits()
	cmd := &cobra.Command{
		Use:     "check FILE|DIR",
		Short:   h.Say("cli.kit.check"),
		Long:    h.Say("cli.kit.check.long"),
		Example: "deguchi kit check kit.yaml\ndeguchi kit check --exit closed stacks/exit-provider.yaml\ndeguchi kit check modules/exit-provider",
		Args:    h.Args(1, 1, "FILE|DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if exit != "" && !slices.Contains(exits, exit) {
				return h.Usage(cmd, "cli.bad-choice", "--exit", strconv.Quote(exit), strings.Join(exits, ", "))
			}
			src, problems, err := h.looked(args[0], exit)
			if err != nil {
				return err
			}
			clean := args
			if len(problems) > 0 { // a folder is not the name of what its problems are in
				clean = nil
			}
			return h.Report(clean, src, problems)
		},
	}
	cmd.Flags().StringVar(&exit, "exit", "", h.Say("cli.flag.kit-exit"))
	if err := cmd.RegisterFlagCompletionFunc("exit", cobra.FixedCompletions(exits, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic("kits: " + err.Error()) // the flag is there
	}
	return cmd
}
