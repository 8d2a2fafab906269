package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/remote"
)

// session is one run of the program: the process's Env and what the global
// flags chose. Every command's constructor takes it. lang holds from the
// start, because help is words too; the other choices hold once a command runs.
type session struct {
	Env
	lang    reason.Lang
	json    bool
	verbose bool
	color   string // auto, always or never
	langArg string
	args0   []string // of the program, as they were given
}

// newSession reads the language from args and the environment.
func newSession(env Env, args []string) *session {
	s := &session{Env: env, lang: reason.Locale(locale(env.Getenv)), args0: args}
	if lang, ok := langFlag(args); ok {
		s.lang = reason.Locale(lang)
	}
	return s
}

// locale returns the locale of messages as POSIX orders the variables.
func locale(getenv func(string) string) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			return v
		}
	}
	return ""
}

// langFlag finds --lang before the flags are parsed: the flags' own
// descriptions depend on it.
func langFlag(args []string) (lang string, ok bool) {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if v, found := strings.CutPrefix(arg, "--lang="); found {
			lang, ok = v, true
		} else if arg == "--lang" && i+1 < len(args) {
			lang, ok = args[i+1], true
		}
	}
	return lang, ok
}

// The choices of the global flags.
const (
	langs  = "en, ja"
	colors = "auto, always, never"
)

// globals adds the flags that every command has to root.
func (s *session) globals(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.BoolVar(&s.json, "json", false, s.say("cli.flag.json"))
	flags.StringVar(&s.langArg, "lang", "", s.say("cli.flag.lang"))
	flags.StringVar(&s.color, "color", "auto", s.say("cli.flag.color"))
	flags.BoolVarP(&s.verbose, "verbose", "v", false, s.say("cli.flag.verbose"))
	completeFlag(root, "lang", strings.Split(langs, ", "))
	completeFlag(root, "color", strings.Split(colors, ", "))
}

// completeFlag lets shells complete the values of a flag of cmd.
func completeFlag(cmd *cobra.Command, flag string, values []string) {
	err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic("cli: " + err.Error()) // cmd has no such flag
	}
}

// checkGlobals refuses values of global flags that mean nothing.
func (s *session) checkGlobals() error {
	switch s.langArg {
	case "", "en", "ja":
	default:
		return usage("cli.bad-choice", "--lang", strconv.Quote(s.langArg), langs)
	}
	switch s.color {
	case "auto", "always", "never":
	default:
		return usage("cli.bad-choice", "--color", strconv.Quote(s.color), colors)
	}
	return nil
}

// colored reports whether the answer may be coloured.
func (s *session) colored() bool {
	switch s.color {
	case "always":
		return true
	case "never":
		return false
	}
	return s.Terminal && s.Getenv("NO_COLOR") == "" && s.Getenv("TERM") != "dumb"
}

// say returns the words of code in the session's language.
func (s *session) say(code reason.Code, args ...string) string {
	return reason.New(code, args...).In(s.lang)
}

// printf writes a part of the answer.
func (s *session) printf(format string, args ...any) { fmt.Fprintf(s.Stdout, format, args...) }

// errorText puts err in words: those of the catalogue if it has some. What an
// error says around them, such as a file's name, stays.
func (s *session) errorText(err error) string {
	if u, ok := errors.AsType[*usageError](err); ok {
		return u.why.In(s.lang)
	}
	if f, ok := errors.AsType[*failure](err); ok {
		return strings.Replace(err.Error(), f.Error(), f.why.In(s.lang), 1)
	}
	if r, ok := errors.AsType[*remote.Error](err); ok {
		return r.Why.In(s.lang)
	}
	return err.Error()
}

// args returns cobra's check of the number of arguments, with the name of one
// for the message: "HOST". A max below 0 is no limit.
func (s *session) args(min, max int, name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < min {
			return hinted(cmd, usage("cli.missing-argument", name))
		}
		if max >= 0 && len(args) > max {
			return hinted(cmd, usage("cli.extra-argument", strconv.Quote(args[max])))
		}
		return nil
	}
}

// hinted points e's hint at the help of cmd.
func hinted(cmd *cobra.Command, e *usageError) *usageError {
	e.hint = reason.New("cli.help-hint", cmd.CommandPath())
	return e
}
