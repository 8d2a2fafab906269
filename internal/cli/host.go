package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
)

// hostsJSON is the answer of "deguchi host --json HOST...".
type hostsJSON struct {
	Hosts []hostJSON `json:"hosts"`
}

// hostJSON is what a host name is: a line of "deguchi host --json -", and the
// name of a decision. What a name has not is null.
type hostJSON struct {
	Host        string            `json:"host"` // as given
	Valid       bool              `json:"valid"`
	Partition   *string           `json:"partition"`
	Region      *string           `json:"region"`
	KnownRegion bool              `json:"known_region"`
	Service     *string           `json:"service"`
	Variant     *string           `json:"variant"`
	Kind        *string           `json:"kind"`
	Resource    map[string]string `json:"resource"`
	Owner       *string           `json:"owner"`
	Address     string            `json:"address,omitempty"` // of an IP literal
	Reason      string            `json:"reason,omitempty"`  // when not valid
}

// newHost is the command "deguchi host".
func newHost(s *session) *cobra.Command {
	return &cobra.Command{
		Use:     "host HOST...|-",
		Short:   s.say("cli.host"),
		Long:    s.say("cli.host.long"),
		Example: "deguchi host my-bucket.s3.ap-northeast-1.amazonaws.com\ndeguchi host --json - < names.txt",
		Args:    s.args(1, -1, "HOST"),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 && args[0] == "-" {
				return s.hostLines()
			}
			return s.hosts(args)
		},
	}
}

// hosts answers for the names that are arguments.
func (s *session) hosts(names []string) error {
	doc := hostsJSON{Hosts: make([]hostJSON, len(names))}
	valid := true
	for i, name := range names {
		doc.Hosts[i] = look(name)
		valid = valid && doc.Hosts[i].Valid
	}
	if err := s.printHosts(doc); err != nil {
		return err
	}
	if !valid {
		return errFindings
	}
	return nil
}

func (s *session) printHosts(doc hostsJSON) error {
	if s.json {
		return s.printJSON("host", doc)
	}
	for _, h := range doc.Hosts {
		if err := s.printHost(s.Stdout, h); err != nil {
			return err
		}
	}
	return nil
}

// hostLines answers standard input line by line, in order. A line is a name as
// it stands: only its line feed is no part of it.
func (s *session) hostLines() error {
	in, out := bufio.NewReader(s.Stdin), bufio.NewWriter(s.Stdout)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	for {
		line, err := in.ReadString('\n')
		if errors.Is(err, io.EOF) && line == "" {
			return out.Flush()
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return errors.Join(fmt.Errorf("reading standard input: %w", err), out.Flush())
		}
		h := look(strings.TrimSuffix(line, "\n"))
		if s.json {
			err = lines.Encode(h)
		} else {
			err = s.printHost(out, h)
		}
		if err == nil && in.Buffered() == 0 {
			err = out.Flush() // someone may be typing
		}
		if err != nil {
			return err
		}
	}
}

// look classifies name.
func look(name string) hostJSON {
	h, n, err := awsdata.Names().Parse(name)
	if e, ok := errors.AsType[*netset.HostError](err); ok {
		return hostJSON{Host: name, Resource: map[string]string{}, Reason: string(e.Fault)}
	}
	return newHostJSON(name, h, n)
}

// newHostJSON puts n, which h is, into JSON.
func newHostJSON(given string, h netset.Host, n awsname.Name) hostJSON {
	doc := hostJSON{
		Host: given, Valid: true, KnownRegion: n.KnownRegion,
		Partition: orNull(n.Partition), Region: orNull(n.Region), Service: orNull(n.Service),
		Kind: orNull(n.Kind.String()), Owner: orNull(n.Owner.String()),
		Resource: map[string]string{},
	}
	if n.Kind != awsname.NotAWS {
		doc.Variant = orNull(n.Variant.String())
	}
	if h.IsAddr() {
		doc.Address = h.String()
	}
	for key, value := range map[string]string{"bucket": n.Parts.Bucket, "account": n.Parts.Account, n.Parts.Label: n.Parts.ID} {
		if key != "" && value != "" {
			doc.Resource[key] = value
		}
	}
	return doc
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// printHost prints h for a person: the name, and what is known of it below.
func (s *session) printHost(w io.Writer, h hostJSON) error {
	fmt.Fprintf(w, "%s\n", term.Printable(h.Host))
	if !h.Valid {
		_, err := fmt.Fprintf(w, "  %s\n", s.say("host.invalid", h.Reason, s.say("host.fault."+reason.Code(h.Reason))))
		if u, bad := url.Parse(h.Host); bad == nil && look(u.Hostname()).Valid && err == nil {
			_, err = fmt.Fprintf(w, "  %s: %s\n", s.say("cli.hint"), s.say("cli.meant", "deguchi host "+u.Hostname()))
		}
		return err
	}
	var t term.Table
	row := func(label reason.Code, value *string, words reason.Code) {
		if value == nil {
			return
		}
		text := *value
		if words != "" {
			text = s.say("host.with", text, s.say(words+"."+reason.Code(text)))
		}
		t.Row("  "+s.say(label), text)
	}
	row("host.kind", h.Kind, "host.kind")
	row("host.service", h.Service, "")
	region := h.Region
	if region != nil && !h.KnownRegion {
		region = orNull(s.say("host.new-region", *region))
	}
	row("host.region", region, "")
	row("host.partition", h.Partition, "")
	row("host.variant", h.Variant, "")
	for _, key := range slices.Sorted(maps.Keys(h.Resource)) {
		t.Row("  "+key, h.Resource[key])
	}
	row("host.owner", h.Owner, "host.owner")
	if h.Address != "" {
		t.Row("  " + s.spelling(h))
	}
	return t.Print(w, term.Paint(s.colored()))
}

// spelling says which address a literal is.
func (s *session) spelling(h hostJSON) string {
	if parsed, err := netset.ParseHost(h.Host); err == nil && parsed.Odd {
		return s.say("host.odd", h.Address)
	}
	return s.say("host.address", h.Address)
}
