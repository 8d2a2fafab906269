package resolve

import "errors"

// ErrTimeout is matched by errors of lookups that no server answered in time.
var ErrTimeout = errors.New("no name server answered in time")

// Kind says why a lookup failed.
type Kind uint8

// The kinds. Timeout, Overloaded and Closed match ErrTimeout: nothing is known
// of the name.
const (
	Failed     Kind = iota // the servers could not be asked or could not answer
	NotFound               // the name does not exist or has no address
	Timeout                // nobody answered in time, or the caller gave up
	Refused                // a server refuses to answer
	Malformed              // a server answered nonsense
	BadName                // name cannot be a host name
	Overloaded             // too many lookups under way
	Closed                 // the resolver was closed
)

var kinds = [...]string{"failed", "not-found", "timeout", "refused", "malformed", "bad-name", "overloaded", "closed"}

// String returns the kind as it stands in metrics.
func (k Kind) String() string { return kinds[k] }

// Error is why a name has no addresses.
type Error struct {
	Name   string
	Kind   Kind
	Server string // that gave the last word; empty if none did
	Err    error  // what is underneath; may be nil
}

var said = [len(kinds)]string{
	"lookup failed", "no such name, or no address of it", "no answer in time", "query refused",
	"senseless reply", "no host name", "too many lookups under way", "resolver is closed",
}

// Error says what happened in one clause, without the name.
func (e *Error) Error() string {
	text := said[e.Kind]
	if e.Server != "" {
		text += " (" + e.Server + ")"
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns what is underneath.
func (e *Error) Unwrap() error { return e.Err }

// Timeout reports whether e matches ErrTimeout, as a net.Error does.
func (e *Error) Timeout() bool {
	return e.Kind == Timeout || e.Kind == Overloaded || e.Kind == Closed
}

// Is reports whether target is ErrTimeout and e a kind of it.
func (e *Error) Is(target error) bool { return target == ErrTimeout && e.Timeout() }
