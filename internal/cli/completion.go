package cli

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

// newCompletion is the command "deguchi completion SHELL".
func newCompletion(s *session) *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:       "completion bash|zsh|fish|powershell",
		Short:     s.say("cli.completion"),
		Example:   "deguchi completion bash > /etc/bash_completion.d/deguchi",
		ValidArgs: shells,
		Args:      s.args(1, 1, "SHELL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(s.Stdout, true)
			case "zsh":
				return root.GenZshCompletion(s.Stdout)
			case "fish":
				return root.GenFishCompletion(s.Stdout, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(s.Stdout)
			}
			return hinted(cmd, usage("cli.bad-choice", "SHELL", strconv.Quote(args[0]), strings.Join(shells, ", ")))
		},
	}
}
