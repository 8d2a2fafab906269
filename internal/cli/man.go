package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// newMan is the hidden command "deguchi man DIR" that packages are built with.
func newMan(s *session) *cobra.Command {
	return &cobra.Command{
		Use:     "man DIR",
		Short:   s.say("cli.man"),
		Example: "deguchi man /usr/local/share/man/man1",
		Hidden:  true,
		Args:    s.args(1, 1, "DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.writeManPages(cmd.Root(), args[0])
		},
	}
}

// writeManPages writes a page for cmd and for each command below it into dir:
// deguchi.1, deguchi-config.1, deguchi-config-schema.1.
func (s *session) writeManPages(cmd *cobra.Command, dir string) error {
	name := strings.ReplaceAll(cmd.CommandPath(), " ", "-") + ".1"
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	s.manPage(f, cmd)
	if err := f.Close(); err != nil {
		return err
	}
	for _, sub := range cmd.Commands() {
		if !sub.IsAvailableCommand() {
			continue
		}
		if err := s.writeManPages(sub, dir); err != nil {
			return err
		}
	}
	return nil
}

// manPage writes the page of cmd in roff, with the macros of man(7). It holds
// no date, so that a build can be repeated byte for byte.
func (s *session) manPage(w io.Writer, cmd *cobra.Command) {
	name := strings.ReplaceAll(cmd.CommandPath(), " ", "-")
	fmt.Fprintf(w, ".TH %s 1\n.SH NAME\n%s \\- %s\n", strings.ToUpper(name), name, roff(cmd.Short))
	fmt.Fprintf(w, ".SH SYNOPSIS\n.B %s\n", roff(usageLine(cmd)))
	if cmd.Long != "" {
		fmt.Fprintf(w, ".SH DESCRIPTION\n%s\n", roff(cmd.Long))
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprint(w, ".SH COMMANDS\n")
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				fmt.Fprintf(w, ".TP\n.BR %s\\-%s (1)\n%s\n", name, sub.Name(), roff(sub.Short))
			}
		}
	}
	fmt.Fprint(w, ".SH OPTIONS\n")
	cmd.InheritedFlags() // merges the global flags into cmd.Flags
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if _, usage := pflag.UnquoteUsage(f); !f.Hidden && f.Name != "help" {
			fmt.Fprintf(w, ".TP\n.B %s\n%s\n", roff(strings.TrimSpace(flagHead(f))), roff(usage))
		}
	})
	fmt.Fprint(w, ".SH EXIT STATUS\n")
	for code := ExitOK; code <= ExitFailure; code++ {
		fmt.Fprintf(w, ".TP\n.B %d\n%s\n", code, roff(s.say(exitWords[code])))
	}
	if cmd.Example != "" {
		fmt.Fprintf(w, ".SH EXAMPLES\n.nf\n%s\n.fi\n", roff(cmd.Example))
	}
}

// roff escapes text for a man page: a backslash, a hyphen that one may copy,
// and a line that would begin with a request.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(strings.TrimSpace(text))
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}

// exitWords says what each exit code means.
var exitWords = [...]reason.Code{
	ExitOK: "cli.exit.ok", ExitFinding: "cli.exit.finding",
	ExitUsage: "cli.exit.usage", ExitFailure: "cli.exit.failure",
}
