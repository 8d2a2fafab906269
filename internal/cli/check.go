package cli

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// checkJSON is the answer of "deguchi check --json".
type checkJSON struct {
	Problems []problemJSON `json:"problems"`
}

// newCheck is the command "deguchi check".
func newCheck(s *session) *cobra.Command {
	return &cobra.Command{
		Use:     "check FILE...",
		Short:   s.say("cli.check"),
		Long:    s.say("cli.check.long"),
		Example: "deguchi check deguchi.yaml",
		Args:    s.args(1, -1, "FILE"),
		RunE: func(_ *cobra.Command, args []string) error {
			return s.check(args, time.Now())
		},
	}
}

// check prints every problem in files. A file that cannot be read is one of
// them, so that the others are still checked.
func (s *session) check(files []string, now time.Time) error {
	var problems []diag.Problem
	src := make(map[string][]byte)
	for _, file := range files {
		content, err := s.content(file)
		if err != nil {
			problems = append(problems, unreadable(file, err))
			continue
		}
		src[file] = content
		problems = append(problems, problemsIn(file, content, now)...)
	}
	if err := s.report(files, problems, src); err != nil {
		return err
	}
	if worst, any := diag.Worst(problems); any && worst != diag.Note {
		return errFindings
	}
	return nil
}

// report prints problems, or for each file that has none, that it has none.
func (s *session) report(files []string, problems []diag.Problem, src map[string][]byte) error {
	if s.json {
		return s.printJSON("check", checkJSON{s.problemsJSON(problems)})
	}
	if err := s.printProblems(s.Stdout, problems, src); err != nil {
		return err
	}
	found := make(map[string]bool)
	for _, p := range problems {
		found[p.Pos.File] = true
	}
	for _, file := range files {
		if !found[file] {
			s.printf("%s\n", s.say("cli.check.clean", file))
		}
	}
	return nil
}

// problemsIn returns all that is wrong with a configuration, in the order of
// the file: its words, then what its rules come to.
func problemsIn(file string, content []byte, now time.Time) []diag.Problem {
	_, problems := config.Parse(file, content, now)
	diag.Sort(problems)
	return problems
}

// content returns what file holds; "-" is standard input.
func (s *session) content(file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(s.Stdin)
	}
	return os.ReadFile(file)
}

func unreadable(file string, err error) diag.Problem {
	return diag.Problem{Pos: diag.Pos{File: file}, Code: "DG1001", Summary: reason.New("DG1001", cause(err))}
}

// cause returns the words of err without the operation and file around them.
func cause(err error) string {
	if e, ok := err.(*os.PathError); ok {
		return e.Err.Error()
	}
	return fmt.Sprint(err)
}
