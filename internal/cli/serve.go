package cli

import (
	"os"

	"github.com/spf13/cobra"
)

// newServe is the command "deguchi serve".
func newServe(s *session) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:     "serve",
		Short:   s.say("cli.serve"),
		Example: "deguchi serve -c /etc/deguchi/deguchi.yaml",
		Args:    s.args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runDaemon(cmd.Context(), s, file)
		},
	}
	cmd.Flags().StringVarP(&file, "config", "c", "", s.say("cli.flag.config"))
	return cmd
}

// readConfig returns the bytes of a configuration file, and the name by which
// problems speak of it. No file is the embedded default.
func readConfig(file string) (name string, src []byte, err error) {
	if file == "" {
		return defaultName, defaultConfig(), nil
	}
	src, err = os.ReadFile(file)
	return file, src, err
}
