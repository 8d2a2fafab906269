// Package exclude says what belongs into the list of exceptions (NO_PROXY) of
// one client of a topology: the shortest value that is right for that place and
// for the programs that run there.
//
//	value, err := exclude.For(t, "ec2", []string{"aws-cli-v2", "go"}, now)
//	fmt.Println(value) // 169.254.169.254,s3.ap-northeast-1.amazonaws.com
//
// Right means: the addresses of this machine and of its metadata are asked for
// directly, in every spelling that the programs need; a name is listed when the
// client itself reaches it over a VPC endpoint, or only without the proxy; and
// nothing leaves the proxy that the client cannot reach by itself. Which way a
// request goes is asked of engine/route, what a program makes of an entry of
// engine/noproxy; the value is then put into the topology and traced again.
//
// It writes no settings: that is the business of engine/settings.
package exclude

import (
	"fmt"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// Value is a list of exceptions with its reasons.
type Value struct {
	Entries []Entry
	// Separator stands between entries: "," or, where all programs are Java's
	// with properties, "|".
	Separator string
	// Proven counts the requests that were traced with the value in force and
	// that reach their destination.
	Proven int
	// Unproven are requests for which the value is not shown to be right:
	// destinations whose way the file does not tell, and hosts for which no
	// entry helps a program.
	Unproven []Doubt
	// Unreached are requests that no list helps: the client reaches them neither by
	// itself nor by its proxy.
	Unreached []Doubt
	// Proxyless says that the client has no proxy, so that nothing reads the value.
	Proxyless bool
}

// Entry is one entry of the list, with the reason that it stands there.
type Entry struct {
	Text    string
	Because reason.Because
}

// Doubt is a request for which no value is known to be right, or none is.
type Doubt struct {
	Program string // empty if it does not depend on the program
	URL     string
	Because reason.Because
}

// String returns the value as a variable holds it. It may be empty: then the
// variable is better left out.
func (v Value) String() string {
	texts := make([]string, len(v.Entries))
	for i, e := range v.Entries {
		texts[i] = e.Text
	}
	return strings.Join(texts, v.Separator)
}

// UnknownClientError says that the topology has no such client.
type UnknownClientError struct {
	Client string
	Meant  reason.Because // which one was probably meant, or which there are
}

// Error quotes the name.
func (e *UnknownClientError) Error() string { return fmt.Sprintf("unknown client %q", e.Client) }
