package daemon

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/remote"
)

// Place is what the command line says of where the configuration stands.
type Place struct {
	Name   string // a file, "s3://…" or "ssm://…"; empty is the embedded default
	State  string // folder of the last good copy; empty is systemd's, if it gives one
	Poll   time.Duration
	Getenv func(string) string
}

// leastPoll keeps a fleet from asking AWS more than an account's quotas bear.
const leastPoll = time.Second

// Flags adds the flags that say it, described in lang.
func (p *Place) Flags(flags *pflag.FlagSet, lang reason.Lang) {
	flags.StringVarP(&p.Name, "config", "c", "", reason.New("cli.flag.serve-config").In(lang))
	flags.StringVar(&p.State, "state", "", reason.New("cli.flag.state").In(lang))
	flags.DurationVar(&p.Poll, "poll", time.Minute, reason.New("cli.flag.poll").In(lang))
}

// Source returns the source that p means. A file is read by read, which also
// returns the name to call it by. If p makes no sense, it says why.
func (p Place) Source(read func(file string) (name string, text []byte, err error)) (Source, reason.Because) {
	if p.Poll < leastPoll {
		return Source{}, reason.New("cli.bad-value", "--poll", strconv.Quote(p.Poll.String()))
	}
	if !remote.Is(p.Name) {
		return Source{Name: p.Name, Read: func(context.Context) (remote.Document, error) {
			name, text, err := read(p.Name)
			return remote.Document{Name: name, Text: text}, err
		}}, reason.Because{}
	}
	at, err := remote.Parse(p.Name)
	if e, ok := errors.AsType[*remote.Error](err); ok {
		return Source{}, e.Why
	}
	source := Source{Name: at.String(), Read: remote.NewSource(at).Read, Every: p.Poll}
	state := p.State
	if state == "" {
		state, _, _ = strings.Cut(p.Getenv("STATE_DIRECTORY"), ":") // systemd.exec(5): colons join several
	}
	if state != "" {
		source.Copy = &remote.Copy{Dir: state}
	}
	return source, reason.Because{}
}
