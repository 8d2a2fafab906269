package cli

import (
	"errors"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/cli/decisions"
	"github.com/deguchi-project/deguchi/internal/cli/kits"
	"github.com/deguchi-project/deguchi/internal/cli/planner"
	"github.com/deguchi-project/deguchi/internal/engine/access"
	"github.com/deguchi-project/deguchi/internal/engine/check"
	"github.com/deguchi-project/deguchi/internal/model/config"
	"github.com/deguchi-project/deguchi/internal/model/topology"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// checkJSON is the answer of "deguchi check --json". Changes is there with
// --against, unless the file has an error: then it decides nothing.
type checkJSON struct {
	Problems []problemJSON    `json:"problems"`
	Changes  any              `json:"changes,omitempty"` // of decisions or of routes
	Tried    *decisions.Tried `json:"tried,omitempty"`   // of decisions: how many requests were compared
}

// newCheck is the command "deguchi check".
func newCheck(s *session) *cobra.Command {
	var old string
	cmd := &cobra.Command{
		Use:     "check FILE...",
		Short:   s.say("cli.check"),
		Long:    s.say("cli.check.long"),
		Example: "deguchi check deguchi.yaml\ndeguchi check --against deguchi.yaml new.yaml",
		Args:    s.args(1, -1, "FILE"),
		RunE: func(_ *cobra.Command, args []string) error {
			if old != "" && len(args) != 1 {
				return notComparable()
			}
			return s.check(args, old, time.Now())
		},
	}
	cmd.Flags().StringVar(&old, "against", "", s.say("cli.flag.against"))
	return cmd
}

// checked is a file that check has looked at: a configuration or a topology.
// Both are nil if it has an error.
type checked struct {
	cfg      *config.Config
	top      *topology.Topology
	src      []byte
	problems []diag.Problem
}

// check prints every problem in files and, if old is not empty, what the only
// one decides otherwise than old.
func (s *session) check(files []string, old string, now time.Time) error {
	before, err := s.before(old, now)
	if err != nil {
		return err
	}
	var doc checkJSON
	var problems []diag.Problem
	var after checked
	src := make(map[string][]byte)
	for _, file := range files {
		after = s.look(file, now)
		src[file] = after.src
		problems = append(problems, after.problems...)
	}
	doc.Problems = s.problemsJSON(problems)
	if old != "" {
		if err = s.changes(&doc, before, after, now); err != nil {
			return err
		}
	}
	if err := s.report(files, old, doc, problems, src); err != nil {
		return err
	}
	return findings(problems)
}

// findings is what a command ends with that found problems: nil if they are
// notes.
func findings(problems []diag.Problem) error {
	if worst, any := diag.Worst(problems); any && worst != diag.Note {
		return errFindings
	}
	return nil
}

// look finds all that is wrong with file, a configuration or a topology as its
// keys tell, in its order: its words, then what its rules come to. A file that
// cannot be read is a problem of its own, so that the others are still checked.
func (s *session) look(file string, now time.Time) checked {
	src, err := s.content(file)
	if err != nil {
		return checked{problems: []diag.Problem{unreadable(file, err)}}
	}
	if kits.IsKit(file, src) {
		return checked{src: src, problems: s.kits().Check(file, src, "")}
	}
	var t *topology.Topology
	cfg, problems := config.Parse(file, src, now)
	if isTopology(problems) {
		if t, problems = s.topology(file, src, now); t != nil {
			problems = append(problems, check.Topology(t, now)...)
		}
	}
	if cfg != nil {
		problems = append(problems, access.Problems(cfg, now)...)
		problems = append(problems, check.Config(cfg)...)
	}
	diag.Sort(problems)
	return checked{cfg, t, src, problems}
}

// report prints the answer of check.
func (s *session) report(files []string, old string, doc checkJSON, problems []diag.Problem, src map[string][]byte) error {
	if s.json {
		return s.printJSON("check", doc)
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
	switch changes := doc.Changes.(type) {
	case []decisions.Change:
		return decisions.Printer{Out: s.Stdout, Lang: s.lang, Paint: term.Paint(s.colored())}.Print(old, changes, doc.Tried)
	case []planner.Change:
		if len(problems) > 0 {
			s.printf("\n")
		}
		s.desk().Changes(old, changes)
	}
	return nil
}

// content returns what file holds, "-" being standard input. Of what is too
// large for a configuration, it returns enough to see that.
func (s *session) content(file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(io.LimitReader(s.Stdin, yamldoc.MaxBytes+1))
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, yamldoc.MaxBytes+1))
}

// cause returns the words of err without the operation and file around them.
func cause(err error) string {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}
