package cli

import (
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
	place := daemon.Place{Getenv: s.Getenv}
	cmd := &cobra.Command{
		Use:     "serve",
		Short:   s.say("cli.serve"),
		Long:    s.say("cli.serve.long"),
		Example: "deguchi serve -c /etc/deguchi/deguchi.yaml\ndeguchi serve -c ssm:///deguchi/exit/configuration --state /var/lib/deguchi",
		Args:    s.args(0, 0, ""),
		RunE:    func(cmd *cobra.Command, _ []string) error { return s.serve(cmd, place) },
	}
	place.Flags(cmd.Flags(), s.lang)
	return cmd
}

// serve runs the proxy until cmd's context ends or a signal asks it to stop.
func (s *session) serve(cmd *cobra.Command, place daemon.Place) error {
	source, wrong := place.Source(s.configSource)
	if !wrong.IsZero() {
		return hinted(cmd, usage(wrong.Code, wrong.Args...))
	}
	return daemon.Run(cmd.Context(), daemon.Options{
		Source:  source,
		Sound:   s.judged,
		Explain: s.explainLive,
		Words:   s.errorText,
		Log:     observe.NewLogger(s.Stderr, s.verbose),
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
	return s.judged(name, src, now)
}

// judged is sound for what has been read already.
func (s *session) judged(name string, src []byte, now time.Time) (*config.Config, error) {
	cfg, problems := config.Parse(name, src, now)
	if cfg != nil {
		problems = append(problems, access.Problems(cfg, now)...)
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
