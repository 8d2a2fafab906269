package cli

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"time"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/base/diag"
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
	ctx, stop := signal.NotifyContext(ctx, stopSignals...)
	defer stop()
	if len(ignoredSignals) > 0 {
		signal.Ignore(ignoredSignals...)
		defer signal.Reset(ignoredSignals...)
	}
	level := slog.LevelInfo
	if s.verbose {
		level = slog.LevelDebug
	}
	d := &daemon{session: s, file: file, log: observe.NewLogger(s.Stderr, level), started: time.Now()}
	cfg, err := s.sound(file, d.started)
	if err != nil {
		return err
	}
	if err := d.start(ctx, cfg); err != nil {
		return err
	}
	return d.run(ctx, stop)
}

// sound returns the configuration in file, the embedded default if file is
// empty, provided that nothing is wrong with it and its own tests hold. What is
// wrong is printed on standard error.
func (s *session) sound(file string, now time.Time) (*config.Config, error) {
	name, src, err := configSource(file)
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
func configSource(file string) (name string, src []byte, err error) {
	if file == "" {
		return config.DefaultFile, config.DefaultSource(), nil
	}
	src, err = os.ReadFile(file)
	var path *os.PathError
	if errors.As(err, &path) {
		return file, nil, failed("cli.unreadable", file, path.Err.Error())
	}
	return file, src, err
}
