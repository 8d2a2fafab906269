package cli

import (
	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/model/config"
)

// configJSON is the answer of "deguchi config default --json".
type configJSON struct {
	File string `json:"file"`
	Text string `json:"text"`
}

// newConfig is the command "deguchi config".
func newConfig(s *session) *cobra.Command {
	group := &cobra.Command{
		Use:     "config",
		Short:   s.say("cli.config"),
		Example: "deguchi config default > deguchi.yaml",
	}
	asGroup(group)
	group.AddCommand(newConfigDefault(s), newConfigSchema(s))
	return group
}

func newConfigDefault(s *session) *cobra.Command {
	return &cobra.Command{
		Use:     "default",
		Short:   s.say("cli.config.default"),
		Example: "deguchi config default > deguchi.yaml",
		Args:    s.args(0, 0, ""),
		RunE: func(*cobra.Command, []string) error {
			text := string(config.DefaultSource())
			if s.json {
				return s.printJSON("config", configJSON{config.DefaultFile, text})
			}
			s.printf("%s", text)
			return nil
		},
	}
}

func newConfigSchema(s *session) *cobra.Command {
	return &cobra.Command{
		Use:     "schema",
		Short:   s.say("cli.config.schema"),
		Example: "deguchi config schema > deguchi.schema.json",
		Args:    s.args(0, 0, ""),
		RunE: func(*cobra.Command, []string) error {
			schema, err := config.Schema()
			if err != nil {
				return err
			}
			s.printf("%s", schema)
			return nil
		},
	}
}
