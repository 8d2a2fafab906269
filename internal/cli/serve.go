package cli

import (
	"context"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/cli/daemon"
	"github.com/deguchi-project/deguchi/internal/edge/observe"
	"github.com/deguchi-project/deguchi/internal/engine/access"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// newServe is the command "deguchi serve".
func newServe(s *session) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:     "serve",
		Short:   s.say("cli.serve"),
		Long:    s.say("cli.serve.long"),
		Example: "deguchi serve -c /etc/deguchi/deguchi.yaml",
		Args:    s.args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.serve(cmd.Context(), file)
		},
	}
	cmd.Flags().StringVarP(&file, "config", "c", "", s.say("cli.flag.config"))
	return cmd
}

// serve runs the proxy until ctx ends or a signal asks it to stop.
func (s *session) serve(ctx context.Context, file string) error {
	level := slog.LevelInfo
	if s.verbose {
		level = slog.LevelDebug
	}
	return daemon.Run(ctx, daemon.Options{
		Load:    func(now time.Time) (*config.Config, error) { return s.sound(file, now) },
		Explain: s.explainLive,
		Words:   s.errorText,
		Log:     observe.NewLogger(s.Stderr, level),
		Stdout:  s.Stdout,
		Lang:    s.lang,
		Version: version().Version,
	})
}

// sound returns the configuration in file, the embedded default if file is
// empty, provided that nothing is wrong with it and its own tests hold. What is
// wrong is printed on standard error.
func (s *session) sound(file string, now time.Time) (*config.Config, error) {
	name, src, err := s.configSource(file)
	if err != nil {
		return nil, err
	}
	cfg, problems := config.Parse(name, src, now)
	if cfg != nil {
		problems = append(problems, access.Check(cfg)...)
		problems = append(problems, access.RunTests(cfg, now)...)
	}
	if !hasErrors(problems) {
		return cfg, nil
	}
	diag.Sort(problems)
	if err := s.printProblems(s.Stderr, problems, map[string][]byte{name: src}); err != nil {
		return nil, err
	}
	return nil, failed("cli.config.invalid", name)
}

// configSource returns what a configuration file holds and the name by which
// problems call it.
func (s *session) configSource(file string) (name string, src []byte, err error) {
	if file == "" {
		return config.DefaultFile, config.DefaultSource(), nil
	}
	if src, err = s.content(file); err != nil {
		return file, nil, failed("cli.unreadable", file, cause(err))
	}
	return file, src, nil
}
