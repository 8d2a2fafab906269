package cli

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/cli/labs"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// newLab is the command "deguchi lab".
func newLab(s *session) *cobra.Command {
	group := &cobra.Command{
		Use:     "lab",
		Short:   s.say("cli.lab"),
		Long:    s.say("cli.lab.long"),
		Example: "deguchi lab demo\ndeguchi lab run network.yaml",
	}
	asGroup(group)
	h := labs.House{
		Desk: s.labs, Say: s.say, Args: s.args, Found: errFindings,
		Failed:   func(why reason.Because) error { return &failure{why: why} },
		Complete: completeFlag,
		Usage: func(cmd *cobra.Command, code reason.Code, args ...string) error {
			return hinted(cmd, usage(code, args...))
		},
	}
	group.AddCommand(h.Commands()...)
	return group
}

// labs is where labs are run.
func (s *session) labs() *labs.Desk {
	desk := s.desk()
	d := &labs.Desk{
		In: s.Stdin, Out: s.Stdout, Err: s.Stderr, Lang: s.lang, Paint: term.Paint(s.colored()), Verbose: s.verbose,
		Now: time.Now(), Args: s.args0, Self: []string{"/proc/self/exe"},
		Read: s.content,
		Open: func(file string) (*topology.Topology, error) { return desk.Topology(file) },
		Parse: func(file string, src []byte) (*topology.Topology, []diag.Problem) {
			return topology.Parse(file, src, topology.Options{Now: time.Now(), Read: func(name string) ([]byte, error) {
				return labs.Example(name)
			}})
		},
	}
	if s.json {
		d.JSON = func(doc any) error { return s.printJSON("lab", doc) }
	}
	return d
}
