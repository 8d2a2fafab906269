package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/cli/outfit"
	"github.com/deguchi-project/deguchi/internal/engine/settings"
)

// newSettings is the command "deguchi settings".
func newSettings(s *session) *cobra.Command {
	var r outfit.Request
	var file string
	cmd := &cobra.Command{
		Use:   "settings [TARGET]",
		Short: s.say("cli.settings"),
		Long:  s.say("cli.settings.long"),
		Example: "deguchi settings ssm-agent --proxy http://proxy.example:3128 --os al2023\n" +
			"deguchi settings user-data --proxy http://proxy.example:3128 --os ubuntu --format mime --raw",
		Args:      s.args(0, 1, "TARGET"),
		ValidArgs: settings.Names(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				r.Target = args[0]
			}
			return s.settings(cmd, r, file)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&r.Proxy, "proxy", "", s.say("cli.flag.settings-proxy"))
	flags.StringVar(&r.OS, "os", "", s.say("cli.flag.settings-os"))
	flags.StringArrayVar(&r.Exclude, "exclude", nil, s.say("cli.flag.settings-exclude"))
	flags.StringVar(&file, "topology", "", s.say("cli.flag.settings-topology"))
	flags.StringVar(&r.Client, "client", "", s.say("cli.flag.settings-client"))
	flags.StringVar(&r.Region, "region", "", s.say("cli.flag.settings-region"))
	flags.StringVar(&r.Unit, "unit", "", s.say("cli.flag.settings-unit"))
	flags.StringVar(&r.Home, "home", "", s.say("cli.flag.settings-home"))
	flags.StringVar(&r.Format, "format", "", s.say("cli.flag.settings-format"))
	flags.StringSliceVar(&r.With, "with", nil, s.say("cli.flag.settings-with"))
	flags.BoolVar(&r.Raw, "raw", false, s.say("cli.flag.settings-raw"))
	flags.StringVar(&r.Write, "write", "", s.say("cli.flag.settings-write"))
	flags.BoolVar(&r.Undo, "undo", false, s.say("cli.flag.settings-undo"))
	flags.BoolVar(&r.Force, "force", false, s.say("cli.flag.settings-force"))
	completeFlag(cmd, "os", texts(settings.OSes()))
	completeFlag(cmd, "format", texts(settings.Formats()))
	completeFlag(cmd, "with", settings.Names())
	return cmd
}

func texts[T ~string](items []T) []string {
	list := make([]string, len(items))
	for i, item := range items {
		list[i] = string(item)
	}
	return list
}

// settings answers r, whose topology is in file.
func (s *session) settings(cmd *cobra.Command, r outfit.Request, file string) error {
	if oses := texts(settings.OSes()); r.OS != "" && !slices.Contains(oses, r.OS) {
		return hinted(cmd, usage("cli.bad-choice", "--os", fmt.Sprintf("%q", r.OS), strings.Join(oses, ", ")))
	}
	r.Now = time.Now()
	if file != "" {
		t, err := s.soundTopology(file, r.Now)
		if err != nil {
			return err
		}
		r.Topology = t
	}
	p := outfit.Printer{In: s.Stdin, Out: s.Stdout, Err: s.Stderr, Lang: s.lang}
	if s.json {
		p.JSON = func(doc any) error { return s.printJSON("settings", doc) }
	}
	err := p.Run(r)
	if e, ok := errors.AsType[*settings.Refusal](err); ok {
		return &usageError{e.Why, e.Hint}
	}
	if errors.Is(err, outfit.ErrStopped) {
		return failed("settings.stopped")
	}
	return err
}
