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
	term.Hang(w, "", cmd.Short, helpWidth)
	if cmd.Long != "" {
		fmt.Fprintln(w)
		for _, p := range term.Paragraphs(cmd.Long) {
			term.Hang(w, "", p, helpWidth)
		}
	}
	fmt.Fprintf(w, "\n%s\n  %s\n", s.say("cli.help.usage"), usageLine(cmd))
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\n%s\n", s.say("cli.help.commands"))
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				term.Hang(w, fmt.Sprintf("  %-*s ", sub.NamePadding(), sub.Name()), sub.Short, helpWidth)
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

// helpWidth is what a terminal shows of a line, headWidth what a flag may take
// of it: the text of a longer one begins on the next line.
const (
	helpWidth = 80
	headWidth = 28
)

// printFlags lists set under title, leaving hidden flags out.
func printFlags(w io.Writer, title string, set *pflag.FlagSet) {
	var shown []*pflag.Flag
	width := 0
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		shown = append(shown, f)
		if head := term.Width(flagHead(f)); head <= headWidth {
			width = max(width, head)
		}
	})
	if len(shown) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", title)
	for _, f := range shown {
		_, usage := pflag.UnquoteUsage(f)
		head := flagHead(f)
		if term.Width(head) > width {
			fmt.Fprintf(w, "  %s\n", head)
			head = ""
		}
		term.Hang(w, "  "+term.Pad(head, width)+"  ", usage, helpWidth)
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
