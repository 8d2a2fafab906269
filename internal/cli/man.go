package cli

import (
	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/cli/manual"
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
			book := manual.Book{Usage: usageLine, Flag: flagHead}
			for _, words := range exitWords {
				book.Exits = append(book.Exits, s.say(words))
			}
			return book.Write(cmd.Root(), args[0])
		},
	}
}

// exitWords says what each exit code means.
var exitWords = [...]reason.Code{
	ExitOK: "cli.exit.ok", ExitFinding: "cli.exit.finding",
	ExitUsage: "cli.exit.usage", ExitFailure: "cli.exit.failure",
}
