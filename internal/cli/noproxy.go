package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/cli/exceptions"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
)

// newNoProxy is the group "deguchi noproxy".
func newNoProxy(s *session) *cobra.Command {
	group := &cobra.Command{
		Use:     "noproxy",
		Short:   s.say("cli.noproxy"),
		Example: "deguchi noproxy test --program aws-cli-v2 --value 169.254.0.0/16 http://169.254.169.254/",
	}
	asGroup(group)
	group.AddCommand(newNoProxyTest(s), newNoProxyLint(s), newNoProxyFor(s))
	return group
}

// exceptions writes answers about lists.
func (s *session) exceptions() *exceptions.Printer {
	return &exceptions.Printer{Out: s.Stdout, Lang: s.lang, Paint: term.Paint(s.colored())}
}

// noproxyFlags is what the flags of noproxy test ask for.
type noproxyFlags struct {
	programs              []string
	all                   bool
	value                 string
	httpProxy, httpsProxy string
	env                   []string
	proxyGiven            bool // whether a flag names a proxy or a variable
}

// newNoProxyTest is the command "deguchi noproxy test".
func newNoProxyTest(s *session) *cobra.Command {
	var f noproxyFlags
	cmd := &cobra.Command{
		Use:   "test URL...|-",
		Short: s.say("cli.noproxy.test"),
		Long:  s.say("cli.noproxy.test.long"),
		Example: "deguchi noproxy test --program aws-cli-v2 --value 169.254.0.0/16 http://169.254.169.254/\n" +
			"deguchi noproxy test --all --value .example.com http://example.com/ http://a.example.com/",
		Args: s.args(1, -1, "URL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, name := range []string{"http-proxy", "https-proxy", "env"} {
				f.proxyGiven = f.proxyGiven || cmd.Flags().Changed(name)
			}
			if args[0] == "-" {
				if !s.json || len(args) > 1 || len(f.programs) > 0 || f.all {
					return hinted(cmd, usage("cli.noproxy-stdin"))
				}
				return s.exceptions().Lines(s.Stdin)
			}
			return ownHelp(cmd, s.noproxyTest(f, args))
		},
	}
	cmd.Flags().StringSliceVar(&f.programs, "program", nil, s.say("cli.flag.noproxy-program"))
	cmd.Flags().BoolVar(&f.all, "all", false, s.say("cli.flag.noproxy-all"))
	cmd.Flags().StringVar(&f.value, "value", "", s.say("cli.flag.noproxy-value"))
	cmd.Flags().StringVar(&f.httpProxy, "http-proxy", "", s.say("cli.flag.noproxy-http"))
	cmd.Flags().StringVar(&f.httpsProxy, "https-proxy", "", s.say("cli.flag.noproxy-https"))
	cmd.Flags().StringArrayVar(&f.env, "env", nil, s.say("cli.flag.noproxy-env"))
	return cmd
}

// ownHelp points err, if it says no better, at the help of cmd.
func ownHelp(cmd *cobra.Command, err error) error {
	if e, ok := errors.AsType[*usageError](err); ok && e.hint.Code == "cli.help-hint" {
		return hinted(cmd, e)
	}
	return err
}

// assumedProxy stands in every variable where the command line names no proxy.
const assumedProxy = "http://proxy.example:3128"

// vars returns the variables that f describes.
func (f noproxyFlags) vars() (noproxy.Vars, error) {
	if !f.proxyGiven {
		f.httpProxy, f.httpsProxy = assumedProxy, assumedProxy
	}
	vars := noproxy.Everywhere(f.httpProxy, f.httpsProxy, f.value)
	for _, e := range f.env {
		name, value, ok := strings.Cut(e, "=")
		if !ok || name == "" {
			return nil, usage("cli.not-variable", fmt.Sprintf("%q", e))
		}
		vars[name] = value
	}
	return vars, nil
}

// chosen returns the programs that f asks for.
func (f noproxyFlags) chosen() ([]*noproxy.Program, error) {
	switch {
	case f.all && len(f.programs) > 0:
		return nil, usage("cli.noproxy-both")
	case f.all:
		return noproxy.Programs(), nil
	case len(f.programs) == 0:
		return nil, usage("cli.noproxy-which")
	}
	var programs []*noproxy.Program
	for _, id := range f.programs {
		p, err := noproxy.Named(id)
		if e, ok := errors.AsType[*noproxy.UnknownProgramError](err); ok {
			return nil, unknownProgram(e, "--program")
		}
		programs = append(programs, p)
	}
	return programs, nil
}

// unknownProgram says which program was probably meant with flag.
func unknownProgram(e *noproxy.UnknownProgramError, flag string) error {
	err := usage("cli.unknown-program", fmt.Sprintf("%q", e.ID))
	if e.Nearest != "" {
		err.hint = reason.New("cli.meant", flag+" "+e.Nearest)
	}
	return err
}

// noproxyTest answers for the URLs that are arguments.
func (s *session) noproxyTest(f noproxyFlags, urls []string) error {
	programs, err := f.chosen()
	if err != nil {
		return err
	}
	vars, err := f.vars()
	if err != nil {
		return err
	}
	targets := make([]noproxy.Target, len(urls))
	for i, u := range urls {
		if targets[i], err = noproxy.ParseTarget(u); err != nil {
			return usage("cli.not-web-url", fmt.Sprintf("%q", u))
		}
	}
	answers := make([]exceptions.OfProgram, len(programs))
	for i, p := range programs {
		answers[i] = exceptions.OfProgram{Program: p, Decisions: make([]noproxy.Decision, len(targets))}
		for j, t := range targets {
			answers[i].Decisions[j] = p.Route(vars, t)
		}
	}
	p := s.exceptions()
	switch {
	case s.json:
		return s.printJSON("noproxy", p.Document(answers, urls))
	case f.all:
		return p.Matrix(answers, urls)
	}
	p.Answers(answers, urls)
	return nil
}
