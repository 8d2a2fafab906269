package cli

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/edge/proxy"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/admin"
)

// statusJSON is the answer of "deguchi status --json".
type statusJSON struct {
	admin.StatusV1
	Schema string         `json:"schema,omitempty"` // empty, in front of StatusV1's: printJSON writes it
	Live   []proxy.Tunnel `json:"live"`
}

// newStatus is the command "deguchi status".
func newStatus(s *session) *cobra.Command {
	var address string
	cmd := &cobra.Command{
		Use:     "status",
		Short:   s.say("cli.status"),
		Example: "deguchi status --admin 127.0.0.1:3129",
		Args:    s.args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.status(cmd.Context(), address)
		},
	}
	cmd.Flags().StringVar(&address, "admin", "127.0.0.1:3129", s.say("cli.flag.admin"))
	return cmd
}

// status asks the admin listener at address and prints what it says.
func (s *session) status(ctx context.Context, address string) error {
	if _, _, err := net.SplitHostPort(address); err != nil {
		return usage("cli.bad-value", "--admin", fmt.Sprintf("%q", address))
	}
	var doc statusJSON
	var tunnels admin.TunnelsV1
	if err := admin.Ask(ctx, address, "/status", &doc.StatusV1); err != nil {
		return unreachable(address, err)
	}
	if err := admin.Ask(ctx, address, "/tunnels", &tunnels); err != nil {
		return unreachable(address, err)
	}
	doc.Live = tunnels.Tunnels
	if s.json {
		return s.printJSON("status", doc)
	}
	return s.printStatus(doc)
}

// unreachable says that nobody answers at address. Most often nobody is there.
func unreachable(address string, err error) error {
	return &failure{reason.New("cli.status.unreachable", address, err.Error()), reason.New("cli.status.start")}
}

// shown bounds the tunnels and refusals of the text; --json has them all.
const shown = 20

func (s *session) printStatus(doc statusJSON) error {
	state := "cli.status.ready"
	if !doc.Ready {
		state = "cli.status.draining"
	}
	s.printf("%s\n", s.say(reason.Code(state), fmt.Sprint(doc.Tunnels), doc.Config.File, doc.Config.Digest))
	if len(doc.Live) > 0 {
		s.printf("\n")
		var t term.Table
		t.Row(s.headers("client", "host", "rule", "age", "up", "down")...)
		for _, l := range doc.Live[:min(shown, len(doc.Live))] {
			t.Row(clientText(l.ClientName, l.Client.Addr().String()), net.JoinHostPort(l.Host, fmt.Sprint(l.Port)), l.Rule,
				(time.Duration(l.AgeS) * time.Second).String(), fmt.Sprint(l.Up), fmt.Sprint(l.Down))
		}
		if err := t.Print(s.Stdout, term.Paint(s.colored())); err != nil {
			return err
		}
	}
	if len(doc.Refusals) > 0 {
		s.printf("\n%s\n", s.say("cli.status.refusals"))
		var t term.Table
		t.Row(s.headers("time", "client", "host", "reason", "rule")...)
		for _, r := range doc.Refusals[:min(shown, len(doc.Refusals))] {
			t.Row(r.Time.Format(time.TimeOnly), clientText(r.ClientName, r.Client.Addr().String()), r.Host, r.Reason, r.Rule)
		}
		return t.Print(s.Stdout, term.Paint(s.colored()))
	}
	return nil
}

func clientText(name, addr string) string {
	if name == "" {
		return addr
	}
	return name + " (" + addr + ")"
}

// headers are the names of columns in the session's language.
func (s *session) headers(names ...string) []string {
	for i, n := range names {
		names[i] = s.say(reason.Code("cli.column." + n))
	}
	return names
}
