package cli

import (
	"path/filepath"
	"slices"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// notConfig is the code of a file that holds a topology instead of a
// configuration.
const notConfig = "DG1008"

// isTopology reports whether problems, which reading a file as a configuration
// found, say that it holds a topology.
func isTopology(problems []diag.Problem) bool {
	return slices.ContainsFunc(problems, func(p diag.Problem) bool { return p.Code == notConfig })
}

// topology reads src, the content of file, as a topology. The configurations of
// its proxies stand beside it.
func (s *session) topology(file string, src []byte, now time.Time) (*topology.Topology, []diag.Problem) {
	return topology.Parse(file, src, topology.Options{
		Now: now,
		Read: func(name string) ([]byte, error) {
			if !filepath.IsAbs(name) {
				name = filepath.Join(filepath.Dir(file), filepath.FromSlash(name))
			}
			src, err := s.content(name)
			if err != nil {
				return nil, errorOf(cause(err))
			}
			return src, nil
		},
	})
}

// soundTopology returns the topology in file. What is wrong with it is printed
// on standard error.
func (s *session) soundTopology(file string, now time.Time) (*topology.Topology, error) {
	src, err := s.content(file)
	if err != nil {
		return nil, failed("cli.unreadable", file, cause(err))
	}
	t, problems := s.topology(file, src, now)
	if t != nil {
		return t, nil
	}
	if err := s.printProblems(s.Stderr, problems, map[string][]byte{file: src}); err != nil {
		return nil, err
	}
	return nil, failed("cli.route.invalid", file)
}

// errorOf is an error with words of its own only.
type errorOf string

// Error returns the words.
func (e errorOf) Error() string { return string(e) }
