package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/deguchi-project/deguchi/internal/base/term"
)

// help prints the help of cmd: a real example first, then what it does, and
// the flags last.
func (s *session) help(cmd *cobra.Command) {
	w := cmd.OutOrStdout()
	for line := range strings.Lines(cmd.Example) {
		fmt.Fprintf(w, "  $ %s\n", strings.TrimSuffix(line, "\n"))
	}
	if cmd.Example != "" {
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, cmd.Short)
	if cmd.Long != "" {
		fmt.Fprintf(w, "\n%s\n", strings.TrimSpace(cmd.Long))
	}
	fmt.Fprintf(w, "\n%s\n  %s\n", s.say("cli.help.usage"), usageLine(cmd))
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\n%s\n", s.say("cli.help.commands"))
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				fmt.Fprintf(w, "  %-*s %s\n", sub.NamePadding(), sub.Name(), sub.Short)
			}
		}
	}
	printFlags(w, s.say("cli.help.flags"), cmd.NonInheritedFlags())
	printFlags(w, s.say("cli.help.global"), cmd.InheritedFlags())
}

// usageLine is the shape of a call: "deguchi host HOST...".
func usageLine(cmd *cobra.Command) string {
	if cmd.HasAvailableSubCommands() && !strings.Contains(cmd.Use, " ") {
		return cmd.CommandPath() + " COMMAND"
	}
	return strings.TrimSuffix(cmd.UseLine(), " [flags]")
}

// printFlags lists set under title, leaving hidden flags out.
func printFlags(w io.Writer, title string, set *pflag.FlagSet) {
	var lines []string
	width := 0
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		_, usage := pflag.UnquoteUsage(f)
		lines = append(lines, flagHead(f)+"\x00"+usage)
		width = max(width, term.Width(flagHead(f)))
	})
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", title)
	for _, line := range lines {
		head, text, _ := strings.Cut(line, "\x00")
		fmt.Fprintf(w, "  %s  %s\n", term.Pad(head, width), text)
	}
}

// flagHead is a flag as one types it, with the kind of its value. A usage that
// quotes a word in `back quotes` names the value by it.
func flagHead(f *pflag.Flag) string {
	head := "    --" + f.Name
	if f.Shorthand != "" {
		head = "-" + f.Shorthand + ", --" + f.Name
	}
	if f.Value.Type() == "bool" {
		return head
	}
	name, _ := pflag.UnquoteUsage(f)
	if !strings.Contains(name, "|") { // a list of choices is typed as it stands
		name = strings.ToUpper(name)
	}
	return head + " " + name
}

// newHelp is the command "deguchi help [COMMAND]".
func newHelp(s *session) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: s.say("cli.help"),
		RunE: func(cmd *cobra.Command, args []string) error {
			target, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(target, rest[0])
			}
			return target.Help()
		},
	}
}
