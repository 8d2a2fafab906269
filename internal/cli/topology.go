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

// errorOf is an error with words of its own only.
type errorOf string

// Error returns the words.
func (e errorOf) Error() string { return string(e) }
