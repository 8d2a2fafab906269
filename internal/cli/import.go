package cli

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/cli/importer"
)

// newImport is the command "deguchi import".
func newImport(s *session) *cobra.Command {
	cmd := &cobra.Command{Use: "import", Short: s.say("cli.import"), Example: "deguchi import squid /etc/squid/squid.conf"}
	asGroup(cmd)
	cmd.AddCommand(&cobra.Command{
		Use:     "squid FILE",
		Short:   s.say("cli.import.squid"),
		Long:    s.say("cli.import.squid.long"),
		Example: "deguchi import squid /etc/squid/squid.conf > deguchi.yaml\ndeguchi check deguchi.yaml",
		Args:    s.args(1, 1, "FILE"),
		RunE:    func(_ *cobra.Command, args []string) error { return s.importSquid(args[0]) },
	})
	return cmd
}

// importSquid prints the configuration that the squid.conf called file comes
// to, and what of it could not be carried over.
func (s *session) importSquid(file string) error {
	r, text, err := importer.Squid(file, s.Stdin, s.lang, time.Now())
	if err != nil {
		return failed("cli.unreadable", file, cause(err))
	}
	if s.json {
		err = s.printJSON("import", importer.JSON{Config: r.Config, Problems: s.problemsJSON(r.Problems)})
	} else {
		s.printf("%s", r.Config)
		err = s.printProblems(s.Stderr, r.Problems, text)
	}
	if worst, any := diag.Worst(r.Problems); err == nil && any && worst != diag.Note {
		return errFindings
	}
	return err
}
