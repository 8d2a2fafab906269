package cli

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

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
	printHanging(w, "", cmd.Short)
	if cmd.Long != "" {
		fmt.Fprintln(w)
		for _, p := range paragraphs(cmd.Long) {
			printHanging(w, "", p)
		}
	}
	fmt.Fprintf(w, "\n%s\n  %s\n", s.say("cli.help.usage"), usageLine(cmd))
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\n%s\n", s.say("cli.help.commands"))
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				printHanging(w, fmt.Sprintf("  %-*s ", sub.NamePadding(), sub.Name()), sub.Short)
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
		printHanging(w, "  "+term.Pad(head, width)+"  ", usage)
	}
}

// printHanging prints text behind head, and what does not fit into the line
// below its beginning.
func printHanging(w io.Writer, head, text string) {
	indent := term.Width(head)
	for i, line := range term.Wrap(text, helpWidth-indent) {
		if i > 0 {
			head = strings.Repeat(" ", indent)
		}
		fmt.Fprintf(w, "%s%s\n", head, line)
	}
}

// paragraphs are those of text, each on one line; an empty one stands for the
// space between two. Where Japanese was broken, no blank is put.
func paragraphs(text string) []string {
	var all []string
	open := false
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		line = strings.TrimRight(line, " ")
		switch {
		case line == "" || strings.HasPrefix(line, " ") || !open:
			all = append(all, line)
		default:
			last := &all[len(all)-1]
			if !(endsWide(*last) && beginsWide(line)) {
				*last += " "
			}
			*last += line
		}
		open = line != "" && !strings.HasPrefix(line, " ")
	}
	return all
}

func endsWide(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return term.Width(string(r)) == 2
}

func beginsWide(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return term.Width(string(r)) == 2
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
