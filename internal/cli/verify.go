package cli

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/cli/planner"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// newVerify is the command "deguchi verify".
func newVerify(s *session) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "verify TOPOLOGY...",
		Short:   s.say("cli.verify"),
		Long:    s.say("cli.verify.long"),
		Example: "deguchi verify network.yaml\ndeguchi verify --format junit *.yaml > report.xml",
		Args:    s.args(1, -1, "TOPOLOGY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return mistaken(cmd, s.verify(format, args))
		},
	}
	formats := planner.VerifyFormats()
	cmd.Flags().StringVar(&format, "format", "text", s.say("cli.flag.route-format", choices(formats)))
	completeFlag(cmd, "format", formats)
	return cmd
}

// verify runs the tests of files.
func (s *session) verify(format string, files []string) error {
	format, err := planner.VerifyFormats().Choose(format, s.json)
	if err != nil {
		return err
	}
	topologies, err := s.tested(files)
	if err != nil {
		return err
	}
	now := time.Now()
	plan := func(t *topology.Topology) *route.Planner { return route.New(t, route.Options{Now: now}) }
	var record planner.Record
	for _, t := range topologies {
		record.Verify(t, plan, s.lang)
	}
	if format == "json" {
		err = s.printJSON("verify", record)
	} else {
		err = s.printer().RecordAs(format, &record)
	}
	return foundIf(record.Failed > 0, err)
}

// tested returns the topologies in files, of which each must be sound and have
// tests. What is wrong with any is said before the first is refused.
func (s *session) tested(files []string) (all []*topology.Topology, err error) {
	for _, file := range files {
		t, failure := s.planned(file, nil)
		if failure == nil && len(t.Tests) == 0 {
			failure = failed("cli.verify.no-tests", file)
		}
		if err == nil {
			err = failure
		}
		all = append(all, t.Topology)
	}
	return all, err
}
