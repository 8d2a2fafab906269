package cli

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/base/term"
	"github.com/deguchi-project/deguchi/internal/engine/access"
)

// explainJSON is the answer of "deguchi explain --json".
type explainJSON struct {
	Decisions []decisionJSON `json:"decisions"`
}

// decisionJSON is what becomes of one request, and why.
type decisionJSON struct {
	From       string   `json:"from"`
	ClientName string   `json:"client_name"` // empty if it is unknown
	Endpoint   string   `json:"endpoint"`
	Host       string   `json:"host"` // as given
	Port       uint16   `json:"port"`
	Scheme     string   `json:"scheme"`
	Verdict    string   `json:"verdict"` // allowed, denied or would-deny
	Reason     string   `json:"reason"`
	Rule       string   `json:"rule"`     // empty if none decided
	Position   string   `json:"position"` // of the rule, "deguchi.yaml:12:5"
	Ticket     string   `json:"ticket"`
	Because    string   `json:"because"`
	Details    []string `json:"details"`
	Name       hostJSON `json:"name"`
}

// explainFlags say who asks, and how.
type explainFlags struct {
	config, from, endpoint, scheme string
}

// newExplain is the command "deguchi explain".
func newExplain(s *session) *cobra.Command {
	var f explainFlags
	cmd := &cobra.Command{
		Use:     "explain HOST[:PORT]...",
		Short:   s.say("cli.explain"),
		Long:    s.say("cli.explain.long"),
		Example: "deguchi explain --from 10.20.1.5 my-bucket.s3.ap-northeast-1.amazonaws.com",
		Args:    s.args(1, -1, "HOST"),
		RunE: func(cmd *cobra.Command, args []string) error {
			requests, err := f.requests(args, time.Now())
			if err != nil {
				return hinted(cmd, err)
			}
			return s.explain(f.config, requests)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.config, "config", "c", "", s.say("cli.flag.config"))
	flags.StringVar(&f.from, "from", "", s.say("cli.flag.from"))
	flags.StringVar(&f.endpoint, "endpoint", "", s.say("cli.flag.endpoint"))
	flags.StringVar(&f.scheme, "scheme", "https", s.say("cli.flag.scheme"))
	completeFlag(cmd, "scheme", []string{"https", "http"})
	return cmd
}

// question is a request as it was asked for.
type question struct {
	given string // the host
	access.Request
}

// requests are what args ask, as of now.
func (f *explainFlags) requests(args []string, now time.Time) ([]question, *usageError) {
	base := access.Request{Endpoint: f.endpoint, Now: now}
	if f.from == "" && f.endpoint == "" {
		return nil, usage("cli.explain.from")
	}
	if f.from != "" {
		addr, err := netip.ParseAddr(f.from)
		if err != nil {
			return nil, usage("cli.bad-value", "--from", strconv.Quote(f.from))
		}
		base.Client = addr
	}
	switch f.scheme {
	case "https":
		base.Port = 443
	case "http":
		base.Port, base.Scheme = 80, access.HTTP
	default:
		return nil, usage("cli.bad-choice", "--scheme", strconv.Quote(f.scheme), "https, http")
	}
	asked := make([]question, len(args))
	for i, arg := range args {
		q, ok := questionOf(base, arg)
		if !ok {
			return nil, usage("cli.explain.target", strconv.Quote(arg))
		}
		asked[i] = q
	}
	return asked, nil
}

// questionOf is base for target: HOST[:PORT], or a URL of which these are taken. What
// cannot be a host is a question too; its answer is bad-name.
func questionOf(base access.Request, target string) (question, bool) {
	q := question{Request: base}
	if scheme, rest, ok := strings.Cut(target, "://"); ok {
		switch scheme {
		case "https":
			q.Port, q.Scheme = 443, access.HTTPS
		case "http":
			q.Port, q.Scheme = 80, access.HTTP
		default:
			return q, false
		}
		target, _, _ = strings.Cut(rest, "/")
	}
	host, port := cutPort(target)
	if port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return q, false
		}
		q.Port = uint16(n)
	}
	q.given = host
	if h, n, err := awsdata.Names().Parse(host); err == nil {
		q.Host, q.Name = h, n
	}
	return q, true
}

// cutPort splits off the port. Colons of an IPv6 address are none.
func cutPort(target string) (host, port string) {
	i := strings.LastIndexByte(target, ':')
	if i < 0 || strings.Contains(target[:i], ":") && target[i-1] != ']' {
		return target, ""
	}
	return target[:i], target[i+1:]
}

// explain answers requests on the configuration in file.
func (s *session) explain(file string, requests []question) error {
	cfg, err := s.sound(file, time.Now())
	if err != nil {
		return err
	}
	rules := access.Compile(cfg)
	doc := explainJSON{Decisions: make([]decisionJSON, len(requests))}
	denied := false
	for i := range requests {
		doc.Decisions[i] = s.decision(rules, &requests[i])
		denied = denied || doc.Decisions[i].Verdict == access.Denied.String()
	}
	if err := s.printDecisions(doc); err != nil {
		return err
	}
	if denied {
		return errFindings
	}
	return nil
}

// decision is the answer of rules to q.
func (s *session) decision(rules *access.Rules, q *question) decisionJSON {
	d := rules.Decide(&q.Request)
	doc := decisionJSON{
		ClientName: d.ClientName(), Endpoint: q.Endpoint,
		Host: q.given, Port: q.Port, Scheme: "https",
		Verdict: d.Verdict.String(), Reason: string(d.Code),
		Rule: d.RuleName(), Position: d.Position(),
		Because: d.Because(&q.Request).In(s.lang), Details: []string{},
		Name: look(q.given),
	}
	if q.Client.IsValid() {
		doc.From = q.Client.String()
	}
	if q.Scheme == access.HTTP {
		doc.Scheme = "http"
	}
	if d.Rule != nil {
		doc.Ticket = d.Rule.Ticket
	}
	if d.Code == reason.BadName {
		doc.Because = s.say(reason.BadName, term.Printable(q.given))
	}
	for _, more := range rules.Details(&q.Request, d) {
		doc.Details = append(doc.Details, more.In(s.lang))
	}
	return doc
}

func (s *session) printDecisions(doc explainJSON) error {
	if s.json {
		return s.printJSON("explain", doc)
	}
	for i, d := range doc.Decisions {
		if i > 0 {
			s.printf("\n")
		}
		if err := s.printDecision(d); err != nil {
			return err
		}
	}
	return nil
}

// printDecision writes the answer first, then what it stands on.
func (s *session) printDecision(d decisionJSON) error {
	paint := term.Paint(s.colored())
	style := map[string]term.Style{"allowed": term.Green, "denied": term.Red, "would-deny": term.Yellow}[d.Verdict]
	s.printf("%s  %s:%d\n", paint.In(style, s.say("explain."+reason.Code(d.Verdict))), bracketed(term.Printable(d.Host)), d.Port)
	var t term.Table
	row := func(label reason.Code, text string) {
		if text != "" {
			t.Row("  "+s.say(label), text)
		}
	}
	row("explain.because", s.say("host.with", d.Reason, d.Because))
	for _, more := range d.Details {
		t.Row("", more)
	}
	row("explain.rule", placed(d.Rule, d.Position))
	row("explain.ticket", d.Ticket)
	row("explain.client", s.asking(d))
	kind, leads := s.nameText(d.Name)
	row("explain.name", kind)
	if leads != "" {
		t.Row("", leads)
	}
	return t.Print(s.Stdout, paint)
}

// bracketed is host as it stands before a port.
func bracketed(host string) string {
	if strings.Contains(host, ":") && !strings.HasPrefix(host, "[") {
		return "[" + host + "]"
	}
	return host
}

// placed is a rule with its position.
func placed(rule, position string) string {
	if rule == "" {
		return ""
	}
	return fmt.Sprintf("%s (%s)", rule, position)
}

// asking is the client's name, and by what it was known.
func (s *session) asking(d decisionJSON) string {
	by := strings.TrimSpace(d.From + " " + d.Endpoint)
	if d.ClientName == "" {
		return s.say("explain.nobody", by)
	}
	return fmt.Sprintf("%s (%s)", d.ClientName, by)
}

// nameText is what a host name is: its kind, and what it leads to.
func (s *session) nameText(h hostJSON) (kind, leads string) {
	switch {
	case !h.Valid:
		return s.say("host.fault." + reason.Code(h.Reason)), ""
	case h.Address != "":
		return s.spelling(h), ""
	}
	var parts []string
	add := func(label reason.Code, value *string) {
		if value != nil {
			parts = append(parts, s.say(label)+" "+*value)
		}
	}
	add("host.service", h.Service)
	add("host.region", h.Region)
	for _, key := range []string{"bucket", "account"} {
		if v, ok := h.Resource[key]; ok {
			parts = append(parts, key+" "+v)
		}
	}
	kind = s.say("host.with", *h.Kind, s.say("host.kind."+reason.Code(*h.Kind)))
	return kind, strings.Join(parts, ", ")
}
