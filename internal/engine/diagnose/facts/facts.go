// Package facts is what was seen of one machine: settings with the places they
// stand in, and each way to AWS, phase by phase. It has the text that collectors
// and the doctor write and read, and makes nothing of it: what the facts mean is
// package diagnose's to say.
package facts

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Sheet is what was seen of one machine, by "deguchi doctor" itself or by a
// collector script. It holds no decisions: those are Examine's.
type Sheet struct {
	Tool      string    `json:"tool"`    // what collected them: "deguchi 1.0", "sh 1", "powershell 1"
	Time      time.Time `json:"time"`    // when, by the machine's own clock
	Machine   string    `json:"machine"` // its name
	OS        string    `json:"os"`      // as GOOS: "linux", "darwin", "windows"
	Release   string    `json:"release,omitempty"`
	EC2       Answer    `json:"ec2"`       // whether it is an EC2 instance, by what the firmware says
	Container Answer    `json:"container"` // whether the subject is in a container
	Subject   Subject   `json:"subject"`
	Programs  []string  `json:"programs"` // IDs of package noproxy: whose rules are used
	Region    string    `json:"region,omitempty"`
	Proxy     string    `json:"proxy,omitempty"` // the one to use whatever the settings say
	Targets   []string  `json:"targets"`         // URLs
	Contacts  []string  `json:"contacts"`        // host:port of all that may be contacted
	Sources   []Source  `json:"sources"`
	Attempts  []Attempt `json:"attempts"`
	Cut       bool      `json:"cut,omitempty"` // the text that they were read from ended too early
}

// Answer is yes, no, or nobody knows.
type Answer string

// The answers. The zero Answer is Unknown, too.
const (
	Yes     Answer = "yes"
	No      Answer = "no"
	Unknown Answer = "unknown"
)

// Subject is whose settings are examined.
type Subject struct {
	Kind Kind   `json:"kind"`
	Name string `json:"name,omitempty"` // of the user, the unit; the number of the process
}

// Kind is the sort of a subject.
type Kind string

// The kinds.
const (
	Shell    Kind = "shell"
	User     Kind = "user"
	Unit     Kind = "unit"
	Process  Kind = "process"
	SSMAgent Kind = "ssm-agent" // Name is its unit, where it has one
)

// String returns s as one writes it: "unit nginx.service".
func (s Subject) String() string { return strings.TrimSpace(string(s.Kind) + " " + s.Name) }

// Source is something that was read on the machine: an environment, a file, a
// registry key. Its lines are as they were found, apart from secrets.
type Source struct {
	Form  Form     `json:"form"`
	Name  string   `json:"name"`          // the path, or what else tells where it was
	Err   string   `json:"err,omitempty"` // why it could not be read
	Lines []string `json:"lines"`         // "NAME=VALUE", or "12:text" with the number of the line in front
}

// Form says how a source is written.
type Form string

// The forms.
const (
	Environ  Form = "environ"   // an environment, NAME=VALUE each
	UnitFile Form = "unit-file" // of systemd, in the order in which it reads them
	EnvFile  Form = "env-file"  // NAME=VALUE, as systemd and PAM read them
	Profile  Form = "profile"   // a shell script that sets variables
	Config   Form = "aws-config"
	PEM      Form = "pem"     // "certificates 3"
	Log      Form = "log"     // the lines that matter
	Version  Form = "version" // of a program
	Windows  Form = "windows" // one of Windows's places for proxies
)

// WrongName is the error of a drop-in that systemd does not read.
const WrongName = "systemd reads no drop-in whose name does not end in .conf"

// OutOfTime is in the detail of a certificate that would be trusted at another
// time.
const OutOfTime = "not valid at this time"

// Attempt is one way tried to one URL, phase by phase.
type Attempt struct {
	Way   Way       `json:"way"`
	URL   string    `json:"url"`
	Proxy string    `json:"proxy,omitempty"`
	At    time.Time `json:"at"` // by the machine's own clock
	Steps []Step    `json:"steps"`
}

// Way is how a URL was asked for.
type Way string

// The ways.
const (
	ByProxy Way = "proxy"
	Direct  Way = "direct"
)

// Step is what one phase of an attempt came to.
type Step struct {
	Phase   Phase    `json:"phase"`
	Outcome Outcome  `json:"outcome"`
	TookMS  int64    `json:"took_ms"`
	Detail  string   `json:"detail,omitempty"` // addresses, a status line, the issuer of a certificate, an error
	Fields  []string `json:"fields,omitempty"` // of an HTTP answer: "Server: awselb/2.0"
	Body    string   `json:"body,omitempty"`   // its beginning
}

// Phase is a part of an attempt.
type Phase string

// The phases, in their order.
const (
	Resolve    Phase = "resolve"   // the name of the proxy, or of the target where it is asked directly
	Dial       Phase = "dial"      // TCP to one address; there may be several of these
	ProxyTLS   Phase = "proxy-tls" // TLS to the proxy itself
	Connect    Phase = "connect"
	TLS        Phase = "tls"
	TLSClassic Phase = "tls-classic" // again, with a ClientHello that fits into one segment
	Request    Phase = "request"     // an HTTP request without a signature
	Upgrade    Phase = "upgrade"     // to a WebSocket
	Idle       Phase = "idle"        // a connection on which nothing is said
	Body       Phase = "body"        // a request of 32 KiB
	Token      Phase = "token"       // PUT /latest/api/token at the metadata service
	Role       Phase = "role"        // the role's name there
	Identity   Phase = "identity"    // a signed request: whose are the credentials?
)

// Outcome is what became of a phase.
type Outcome string

// The outcomes.
const (
	OK          Outcome = "ok"
	Answered    Outcome = "status"      // an HTTP answer that is no success
	NotFound    Outcome = "not-found"   // no such name
	Refused     Outcome = "refused"     // nobody listens
	Timeout     Outcome = "timeout"     // nobody answered in time
	Closed      Outcome = "closed"      // the other side hung up
	Reset       Outcome = "reset"       // it did so at once
	Unreachable Outcome = "unreachable" // no route
	Untrusted   Outcome = "untrusted"   // a certificate that nobody here vouches for
	NotTLS      Outcome = "not-tls"
	NotHTTP     Outcome = "not-http"
	Failed      Outcome = "failed"
)

// Status is the HTTP status that the step's detail begins with, or 0.
func (s Step) Status() int {
	word, _, _ := strings.Cut(s.Detail, " ")
	n, err := strconv.Atoi(word)
	if err != nil || n < 100 || n > 999 {
		return 0
	}
	return n
}

// Field returns the value of an HTTP field, or "".
func (s Step) Field(name string) string {
	for _, f := range s.Fields {
		n, v, _ := strings.Cut(f, ":")
		if strings.EqualFold(n, name) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

// Step returns what phase came to: the last that was, or one that succeeded.
func (a Attempt) Step(phase Phase) (Step, bool) {
	var found Step
	ok := false
	for _, s := range a.Steps {
		if s.Phase == phase && (!ok || found.Outcome != OK) {
			found, ok = s, true
		}
	}
	return found, ok
}

// In reports whether phase came to outcome.
func (a Attempt) In(phase Phase, outcomes ...Outcome) bool {
	s, ok := a.Step(phase)
	if !ok {
		return false
	}
	return slices.Contains(outcomes, s.Outcome)
}

// Source returns the first source of that form and name.
func (f *Sheet) Source(form Form, name string) (Source, bool) {
	for _, s := range f.Sources {
		if s.Form == form && s.Name == name {
			return s, true
		}
	}
	return Source{}, false
}

// Failure is the step on which a ended, if it failed.
func (a Attempt) Failure() (Step, bool) {
	for _, s := range a.Steps {
		if s.Outcome == OK || s.Phase == Dial && a.In(Dial, OK) || s.Phase == TLSClassic {
			continue
		}
		return s, true
	}
	return Step{}, false
}

// Last is the last step, or one that says nothing.
func (a Attempt) Last() Step {
	if n := len(a.Steps); n > 0 {
		return a.Steps[n-1]
	}
	return Step{}
}
