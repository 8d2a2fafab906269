package cli

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/cli/planner"
)

// newRoute is the command "deguchi route".
func newRoute(s *session) *cobra.Command {
	var q planner.Question
	cmd := &cobra.Command{
		Use:               "route TOPOLOGY --from CLIENT URL...",
		Short:             s.say("cli.route"),
		Long:              s.say("cli.route.long"),
		Example:           "deguchi route network.yaml --from app https://reports.s3.ap-northeast-1.amazonaws.com/a.csv",
		Args:              cobra.MatchAll(s.args(1, -1, "TOPOLOGY"), s.args(2, -1, "URL")),
		ValidArgsFunction: completeFirst,
		RunE: func(cmd *cobra.Command, args []string) error {
			failing, err := s.desk().Route(&q, args[0], args[1:])
			return answered(cmd, failing, err)
		},
	}
	s.planFlags(cmd, &q.Options)
	flags := cmd.Flags()
	flags.StringVar(&q.From, "from", "", s.say("cli.flag.route-from"))
	flags.StringVar(&q.Action, "action", "", s.say("cli.flag.route-action"))
	flags.StringVar(&q.Principal, "principal", "", s.say("cli.flag.route-principal"))
	flags.StringVar(&q.Service, "service", "", s.say("cli.flag.route-service"))
	flags.StringVar(&q.Region, "region", "", s.say("cli.flag.route-region"))
	flags.StringVar(&q.Bucket, "bucket", "", s.say("cli.flag.route-bucket"))
	flags.IntVar(&q.Idle, "idle", -1, s.say("cli.flag.route-idle"))
	completeFlagBy(cmd, "from", s.clientsOf)
	return cmd
}

// newSurvey is the command "deguchi survey".
func newSurvey(s *session) *cobra.Command {
	var e planner.Extent
	cmd := &cobra.Command{
		Use:               "survey TOPOLOGY",
		Short:             s.say("cli.survey"),
		Long:              s.say("cli.survey.long"),
		Example:           "deguchi survey network.yaml --for session-manager",
		Args:              s.args(1, 1, "TOPOLOGY"),
		ValidArgsFunction: completeFirst,
		RunE: func(cmd *cobra.Command, args []string) error {
			wrong, err := s.desk().Survey(&e, args[0])
			return answered(cmd, wrong, err)
		},
	}
	s.planFlags(cmd, &e.Options)
	flags := cmd.Flags()
	flags.StringSliceVar(&e.Jobs, "for", nil, s.say("cli.flag.survey-for"))
	flags.StringArrayVar(&e.URLs, "url", nil, s.say("cli.flag.survey-url"))
	flags.StringSliceVar(&e.Regions, "region", nil, s.say("cli.flag.survey-region"))
	flags.BoolVar(&e.Only, "only", false, s.say("cli.flag.survey-only"))
	completeFlag(cmd, "for", jobNames())
	return cmd
}

// newVerify is the command "deguchi verify".
func newVerify(s *session) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "verify TOPOLOGY...",
		Short:   s.say("cli.verify"),
		Long:    s.say("cli.verify.long"),
		Example: "deguchi verify network.yaml\ndeguchi verify --format junit network.yaml",
		Args:    s.args(1, -1, "TOPOLOGY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			failing, err := s.desk().Verify(format, args)
			return answered(cmd, failing, err)
		},
	}
	s.formatFlag(cmd, &format, planner.VerifyFormats())
	return cmd
}

// planFlags adds the flags of commands that ask a topology.
func (s *session) planFlags(cmd *cobra.Command, o *planner.Options) {
	s.formatFlag(cmd, &o.Format, planner.RouteFormats())
	cmd.Flags().BoolVar(&o.Strict, "strict", false, s.say("cli.flag.route-strict"))
	cmd.Flags().StringArrayVar(&o.Changes, "change", nil, s.say("cli.flag.route-change"))
}

func (s *session) formatFlag(cmd *cobra.Command, format *string, formats planner.Formats) {
	cmd.Flags().StringVar(format, "format", "text", s.say("cli.flag.route-format", strings.Join(formats, "|")))
	completeFlag(cmd, "format", formats)
}

// clientsOf returns the names of the clients of the topology that args begin
// with.
func (s *session) clientsOf(args []string) []string {
	if len(args) == 0 {
		return nil
	}
	src, err := s.content(args[0])
	if err != nil {
		return nil
	}
	t, _ := s.topology(args[0], src, time.Now())
	return planner.Clients(t)
}
