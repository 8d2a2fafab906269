package cli

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/model/config"
	"github.com/deguchi-project/deguchi/internal/model/kitfile"
	"github.com/deguchi-project/deguchi/internal/model/topology"
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

// schemas are the formats that have a JSON Schema.
var schemas = []string{"config", "topology", "kit"}

func newConfigSchema(s *session) *cobra.Command {
	cmd := &cobra.Command{
		Use:       "schema [config|topology|kit]",
		Short:     s.say("cli.config.schema"),
		Example:   "deguchi config schema > deguchi.schema.json\ndeguchi config schema topology > topology.schema.json",
		ValidArgs: schemas,
		Args:      s.args(0, 1, "FORMAT"),
	}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		read := config.Schema
		if len(args) > 0 && args[0] == "topology" {
			read = topology.Schema
		} else if len(args) > 0 && args[0] == "kit" {
			read = kitfile.Schema
		} else if len(args) > 0 && args[0] != "config" {
			return hinted(cmd, usage("cli.bad-choice", "FORMAT", strconv.Quote(args[0]), strings.Join(schemas, ", ")))
		}
		schema, err := read()
		if err != nil {
			return err
		}
		s.printf("%s", schema)
		return nil
	}
	return cmd
}
