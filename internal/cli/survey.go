package cli

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/cli/planner"
	"github.com/deguchi-project/deguchi/internal/engine/check"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/engine/survey"
)

// surveyFlags is what the flags of survey ask for.
type surveyFlags struct {
	planFlags
	planner.Extent
}

// newSurvey is the command "deguchi survey".
func newSurvey(s *session) *cobra.Command {
	var f surveyFlags
	cmd := &cobra.Command{
		Use:               "survey TOPOLOGY",
		Short:             s.say("cli.survey"),
		Long:              s.say("cli.survey.long"),
		Example:           "deguchi survey network.yaml --for session-manager",
		Args:              s.args(1, 1, "TOPOLOGY"),
		ValidArgsFunction: completeFirst,
		RunE: func(cmd *cobra.Command, args []string) error {
			return mistaken(cmd, s.survey(f, args[0]))
		},
	}
	f.planFlags.add(s, cmd, planner.RouteFormats())
	flags := cmd.Flags()
	flags.StringSliceVar(&f.Jobs, "for", nil, s.say("cli.flag.survey-for"))
	flags.StringArrayVar(&f.URLs, "url", nil, s.say("cli.flag.survey-url"))
	flags.StringSliceVar(&f.Regions, "region", nil, s.say("cli.flag.survey-region"))
	flags.BoolVar(&f.Only, "only", false, s.say("cli.flag.survey-only"))
	completeFlag(cmd, "for", planner.Jobs())
	return cmd
}

// survey answers for every client and destination of the topology in file.
func (s *session) survey(f surveyFlags, file string) error {
	format, err := planner.RouteFormats().Choose(f.format, s.json)
	if err != nil {
		return err
	}
	t, err := s.planned(file, f.changes)
	if err != nil {
		return err
	}
	wanted, err := f.Wanted(t.Topology)
	if err != nil {
		return err
	}
	now := time.Now()
	progress, end := s.progress()
	answer := survey.Of(route.New(t.Topology, route.Options{Now: now, Strict: f.strict}), survey.Destinations(t.Topology, wanted), progress)
	end()
	doc := planner.SurveyOf(answer, s.lang)
	problems := check.Topology(t.Topology, now)
	for _, p := range s.problemsJSON(problems) {
		doc.Problems = append(doc.Problems, planner.Finding(p))
	}
	switch {
	case format == "json":
		err = s.printJSON("survey", doc)
	default:
		err = s.printer().SurveyAs(format, &doc, planner.Ways{Topology: t.Topology, Traces: answer.Examples()})
	}
	if format == "text" && err == nil && len(problems) > 0 {
		s.printf("\n%s\n", s.say("plan.findings"))
		err = s.printProblems(s.Stdout, problems, map[string][]byte{file: t.src})
	}
	worst, any := diag.Worst(problems)
	return foundIf(doc.Misses() || any && worst != diag.Note, err)
}
