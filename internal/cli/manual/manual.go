// Package manual writes man pages of commands, for packages that install them.
// It holds no date, so that a build can be repeated byte for byte.
package manual

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Book is how pages are written.
type Book struct {
	Usage func(*cobra.Command) string // the line that says how a command is called
	Flag  func(*pflag.Flag) string    // a flag as it is typed
	Exits []string                    // what each exit code means, from 0
}

// Write writes a page for cmd and for each command below it into dir:
// deguchi.1, deguchi-config.1, deguchi-config-schema.1.
func (b *Book) Write(cmd *cobra.Command, dir string) error {
	name := strings.ReplaceAll(cmd.CommandPath(), " ", "-") + ".1"
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	b.page(f, cmd)
	if err := f.Close(); err != nil {
		return err
	}
	for _, sub := range cmd.Commands() {
		if !sub.IsAvailableCommand() {
			continue
		}
		if err := b.Write(sub, dir); err != nil {
			return err
		}
	}
	return nil
}

// page writes the page of cmd in roff, with the macros of man(7).
func (b *Book) page(w io.Writer, cmd *cobra.Command) {
	name := strings.ReplaceAll(cmd.CommandPath(), " ", "-")
	fmt.Fprintf(w, ".TH %s 1\n.SH NAME\n%s \\- %s\n", strings.ToUpper(name), name, roff(cmd.Short))
	fmt.Fprintf(w, ".SH SYNOPSIS\n.B %s\n", roff(b.Usage(cmd)))
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
			fmt.Fprintf(w, ".TP\n.B %s\n%s\n", roff(strings.TrimSpace(b.Flag(f))), roff(usage))
		}
	})
	fmt.Fprint(w, ".SH EXIT STATUS\n")
	for code, meaning := range b.Exits {
		fmt.Fprintf(w, ".TP\n.B %d\n%s\n", code, roff(meaning))
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
