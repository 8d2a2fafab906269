package noproxy

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// Level says how it is known what a program does.
type Level string

// A program was either run, or its documents and sources were read.
const (
	Measured   Level = "measured"
	Documented Level = "documented"
)

// Credentials says which calls for credentials a program sends to the proxy,
// where the list does not exclude them.
type Credentials struct {
	Instance  bool // the instance's metadata, 169.254.169.254
	Container bool // ECS and EKS Pod Identity, 169.254.170.2 and .23
}

// Program is one program that asks for URLs, in one version.
type Program struct {
	ID          string
	Aliases     []string
	Name        string
	Version     string // the one that was measured; that of a document, if it names one
	Level       Level
	Source      string // where a documented behaviour can be read
	Credentials Credentials

	family  *family
	exempt  func(Target) bool // what it never sends to a proxy
	refuses func(Target) bool // what it does not ask for at all
}

// family is one way to read variables and lists.
type family struct {
	name     string
	settings func(Vars, Target) setting // nil reads nothing
	values   values
	loopback func(Target) bool // hosts that are asked directly without an entry
	match    matcher
	second   matcher // asked where match differs, unless an empty variable hides the list from it
	// fatal reports values on which every request fails, whatever its scheme
	// and host: those of programs that read both schemes' proxies at once.
	fatal func(value string) bool
	// checked are variables that fatal judges although another may be chosen: the
	// first that is set to something or, if none is, the last one that is set.
	checked []string
	// numbers: "127.1" and "0x7f000001" in a URL are addresses, as inet_aton
	// reads them, before anything is compared.
	numbers bool
}

// Family is the name of the code that p reads its variables with. Programs of
// one family may still differ in what the version of it does.
func (p *Program) Family() string { return p.family.name }

// Programs returns all programs, by ID. Callers must not change them.
var Programs = sync.OnceValue(func() []*Program {
	all := make([]*Program, 0, len(measured)+len(documented))
	for i := range measured {
		all = append(all, &measured[i])
	}
	for i := range documented {
		all = append(all, &documented[i])
	}
	slices.SortFunc(all, func(a, b *Program) int { return strings.Compare(a.ID, b.ID) })
	return all
})

// byName has every program under its ID and its aliases.
var byName = sync.OnceValue(func() map[string]*Program {
	names := map[string]*Program{}
	for _, p := range Programs() {
		for _, name := range append([]string{p.ID}, p.Aliases...) {
			names[name] = p
		}
	}
	return names
})

// Named returns the program with that ID or alias.
func Named(id string) (*Program, error) {
	if p, ok := byName()[id]; ok {
		return p, nil
	}
	err := &UnknownProgramError{ID: id}
	err.Nearest, _ = yamldoc.Nearest(id, slices.Sorted(maps.Keys(byName())))
	return nil, err
}

// UnknownProgramError says that there is no such program.
type UnknownProgramError struct {
	ID      string
	Nearest string // the ID or alias that was probably meant, or empty
}

// Error names the program that was probably meant.
func (e *UnknownProgramError) Error() string {
	if e.Nearest == "" {
		return fmt.Sprintf("unknown program %q", e.ID)
	}
	return fmt.Sprintf("unknown program %q: did you mean %q?", e.ID, e.Nearest)
}
