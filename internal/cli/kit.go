package cli

import (
	"cmp"
	"time"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/cli/kits"
)

// newKit is the command "deguchi kit".
func newKit(s *session) *cobra.Command {
	group := &cobra.Command{
		Use:     "kit",
		Short:   s.say("cli.kit"),
		Long:    s.say("cli.kit.long"),
		Example: "deguchi kit cloudformation stacks --kit kit.yaml\ndeguchi verify stacks/topology.yaml",
	}
	asGroup(group)
	h := kits.House{
		Desk: s.kits, Say: s.say, Args: s.args, Failed: failed,
		Usage: func(cmd *cobra.Command, code reason.Code, args ...string) error {
			return hinted(cmd, usage(code, args...))
		},
		Read: s.source,
		Report: func(clean []string, src map[string][]byte, problems []diag.Problem) error {
			doc := checkJSON{Problems: s.problemsJSON(problems)}
			return cmp.Or(s.report(clean, "", doc, problems, src), findings(problems))
		},
		Problems: func(file string, src []byte, problems []diag.Problem) error {
			return s.printProblems(s.Stderr, problems, map[string][]byte{file: src})
		},
	}
	group.AddCommand(h.Commands()...)
	return group
}

// kits is where kits are read and written.
func (s *session) kits() kits.Desk {
	d := kits.Desk{Out: s.Stdout, Err: s.Stderr, Lang: s.lang, Now: time.Now(), Read: s.content}
	if s.json {
		d.JSON = s.printJSON
	}
	return d
}
