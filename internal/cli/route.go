package cli

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/cli/planner"
	"github.com/deguchi-project/deguchi/internal/engine/fix"
	"github.com/deguchi-project/deguchi/internal/engine/route"
)

// routeFlags is what the flags of route ask for.
type routeFlags struct {
	planFlags
	planner.Question
}

// newRoute is the command "deguchi route".
func newRoute(s *session) *cobra.Command {
	var f routeFlags
	cmd := &cobra.Command{
		Use:               "route TOPOLOGY URL...",
		Short:             s.say("cli.route"),
		Long:              s.say("cli.route.long"),
		Example:           "deguchi route network.yaml --from app https://reports.s3.ap-northeast-1.amazonaws.com/a.csv",
		Args:              s.args(2, -1, "URL"),
		ValidArgsFunction: completeFirst,
		RunE: func(cmd *cobra.Command, args []string) error {
			return mistaken(cmd, s.route(f, args[0], args[1:]))
		},
	}
	f.planFlags.add(s, cmd, planner.RouteFormats())
	flags := cmd.Flags()
	flags.StringVar(&f.From, "from", "", s.say("cli.flag.route-from"))
	flags.StringVar(&f.Action, "action", "", s.say("cli.flag.route-action"))
	flags.StringVar(&f.Principal, "principal", "", s.say("cli.flag.route-principal"))
	flags.StringVar(&f.Service, "service", "", s.say("cli.flag.route-service"))
	flags.StringVar(&f.Region, "region", "", s.say("cli.flag.route-region"))
	flags.StringVar(&f.Bucket, "bucket", "", s.say("cli.flag.route-bucket"))
	flags.IntVar(&f.Idle, "idle", -1, s.say("cli.flag.route-idle"))
	completeFlagBy(cmd, "from", s.clientsOf)
	return cmd
}

// route answers for requests of one client.
func (s *session) route(f routeFlags, file string, urls []string) error {
	format, err := planner.RouteFormats().Choose(f.format, s.json)
	if err != nil {
		return err
	}
	t, err := s.planned(file, f.changes)
	if err != nil {
		return err
	}
	client, err := f.Client(t.Topology)
	if err != nil {
		return err
	}
	requests, err := f.Requests(t.Topology, urls)
	if err != nil {
		return err
	}
	p := route.New(t.Topology, route.Options{Now: time.Now(), Strict: f.strict})
	var doc planner.Routes
	ways := planner.Ways{Topology: t.Topology}
	for _, q := range requests {
		trace := p.Trace(client, q)
		ways.Traces = append(ways.Traces, trace)
		doc.Routes = append(doc.Routes, planner.RouteOf(&trace, fix.Find(p, client, q, fix.Options{}), s.lang))
	}
	if format == "json" {
		err = s.printJSON("route", doc)
	} else {
		err = s.printer().RoutesAs(format, doc, ways)
	}
	return foundIf(doc.Failed(), err)
}

// clientsOf returns the names of the clients of the topology that args begin
// with, for completion.
func (s *session) clientsOf(args []string) []string {
	if len(args) == 0 {
		return nil
	}
	src, err := s.content(args[0])
	if err != nil {
		return nil
	}
	t, _ := s.topology(args[0], src, time.Now())
	if t == nil {
		return nil
	}
	return planner.Clients(t)
}

// choices are formats as a flag's value shows them.
func choices(f planner.Formats) string { return strings.Join(f, "|") }
