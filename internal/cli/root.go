package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// commands lists the constructors of all subcommands. Help sorts them by name.
var commands = []func(*session) *cobra.Command{
	newServe,
	newStatus,
	newCheck,
	newExplain,
	newConfig,
	newHost,
	newJob,
	newRoute,
	newSurvey,
	newVerify,
	newNoProxy,
	newSettings,
	newKit,
	newLab,
	newDoctor,
	newImport,
	newCompletion,
	newVersion,
	newMan,
}

// newRoot builds the whole command tree.
func newRoot(s *session) *cobra.Command {
	root := &cobra.Command{
		Use:     "deguchi",
		Short:   s.say("cli.deguchi"),
		Example: "deguchi serve\ncurl -x http://127.0.0.1:3128 https://sts.ap-northeast-1.amazonaws.com/",
		PersistentPreRunE: func(*cobra.Command, []string) error {
			return s.checkGlobals()
		},
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	asGroup(root)
	s.globals(root)
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { s.help(cmd) })
	root.SetHelpCommand(newHelp(s))
	root.SetFlagErrorFunc(flagError)
	for _, construct := range commands {
		root.AddCommand(construct(s))
	}
	return root
}

// asGroup makes cmd one that only holds others: alone it shows its help, and
// with an argument it says that there is no such command.
func asGroup(cmd *cobra.Command) {
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownCommand(cmd, args[0])
		}
		return nil
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
}

// unknownCommand says that group has no command of that name, and which one
// was probably meant.
func unknownCommand(group *cobra.Command, name string) error {
	err := usage("cli.unknown-command", fmt.Sprintf("%q", name))
	err.hint = reason.New("cli.help-hint", group.CommandPath())
	group.SuggestionsMinimumDistance = min(2, len(name)/3) // of three letters two may not be others
	if near := group.SuggestionsFor(name); len(near) > 0 {
		err.hint = reason.New("cli.meant", group.CommandPath()+" "+near[0])
	}
	return err
}

// flagError puts an error of the flag parser into a usageError. A command that
// does not exist is named first: its flags are unknown for that reason.
func flagError(cmd *cobra.Command, err error) error {
	if rest := cmd.Flags().Args(); cmd.HasSubCommands() && len(rest) > 0 {
		return unknownCommand(cmd, rest[0])
	}
	if e, ok := errors.AsType[*pflag.NotExistError](err); ok {
		name := "--" + e.GetSpecifiedName()
		if short := e.GetSpecifiedShortnames(); short != "" {
			name = "-" + e.GetSpecifiedName()
		}
		err := hinted(cmd, usage("cli.unknown-flag", name, cmd.CommandPath()))
		if name == "--version" {
			err.hint = reason.New("cli.meant", "deguchi version")
		}
		return err
	}
	if e, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return hinted(cmd, usage("cli.flag-needs-value", flagName(e.GetFlag())))
	}
	if e, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return hinted(cmd, usage("cli.bad-value", flagName(e.GetFlag()), fmt.Sprintf("%q", e.GetValue())))
	}
	return hinted(cmd, usage("cli.bad-flag", err.Error()))
}

func flagName(f *pflag.Flag) string { return "--" + f.Name }
