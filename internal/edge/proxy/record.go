package proxy

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/observe"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/answer"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/head"
	"github.com/deguchi-project/deguchi/internal/edge/proxy/phrase"
	"github.com/deguchi-project/deguchi/internal/engine/access"
)

// entry is a line of the access log in the making.
type entry struct {
	observe.Record
	since time.Time
}

// record starts the log line of the request in hand; a may be nil if it was
// refused before it was understood.
func (c *conn) record(event observe.Event, a *admitted) *entry {
	e := &entry{since: c.since}
	e.Event = event
	e.Trace = newTrace()
	e.Client, e.Peer, e.Endpoint = c.client, c.peer, c.endpoint
	e.Config = c.policy.Config.Digest
	e.Verdict = access.Denied.String()
	if a == nil {
		return e
	}
	e.Host, e.Port = a.host.String(), a.port
	if !a.host.IsAddr() && a.host.Name == "" {
		e.Host = a.given
	}
	e.Method = a.method
	e.named(&a.q.Name)
	e.decided(&a.d)
	return e
}

func newTrace() (t observe.Trace) {
	binary.BigEndian.PutUint64(t[:], rand.Uint64()) //nolint:gosec // a name, not a secret
	return t
}

func (e *entry) named(n *awsname.Name) {
	e.Partition, e.Region, e.Service, e.Bucket = n.Partition, n.Region, n.Service, n.Parts.Bucket
	if n.Kind != awsname.NotAWS && n.Host != "" {
		e.Kind = n.Kind.String()
	}
}

func (e *entry) decided(d *access.Decision) {
	e.Verdict, e.Reason = d.Verdict.String(), string(d.Code.Wire())
	if d.Client != nil {
		e.ClientName = d.Client.Name
	}
	if d.Rule != nil {
		e.Rule, e.Ticket = d.Rule.Name, d.Rule.Ticket
	}
}

// reached adds where the request went.
func (e *entry) reached(o *origin) *entry {
	e.Addr = o.addr
	if o.parent != nil {
		e.Parent = o.parent.Address
		return e
	}
	e.Answer = answerOf(o.addr.Addr())
	return e
}

func answerOf(addr netip.Addr) string {
	if netset.Classify(addr) == netset.Public {
		return "public"
	}
	return "private"
}

// failed adds what went wrong with a request. What only failed on its way keeps
// the verdict of its decision: nobody denied it.
func (e *entry) failed(code reason.Code, err string) *entry {
	e.Reason, e.Err = string(code.Wire()), err
	if answer.Status(code.Wire()) < 500 || e.Reason == string(reason.Overloaded) || e.Reason == string(reason.Draining) {
		e.Verdict = access.Denied.String()
	}
	return e
}

// refused adds why the request was refused.
func (e *entry) refused(r refusal) *entry {
	e.failed(r.wire(), "")
	if r.because.Code != r.wire() || r.status() >= 500 {
		e.Err = r.because.In(reason.English)
	}
	return e
}

// write ends the entry and writes it.
func (e *entry) write(s *Server) { s.ended(&e.Record, e.since) }

// ended writes the line of a request or tunnel that began at since.
func (s *Server) ended(r *observe.Record, since time.Time) {
	r.Time = time.Now()
	r.Took = r.Time.Sub(since)
	s.access.Load().Write(r)
	s.Metrics.Ended(r)
	if r.Verdict == access.Denied.String() || answer.Status(reason.Code(r.Reason)) >= 500 {
		s.refusals.Add(r)
	}
}

// refuseTo answers a refusal, logs it and says goodbye. What is not known of
// the request yet is nil.
func (c *conn) refuseTo(r refusal, a *admitted, h *head.Head) {
	e := c.record(observe.End, a)
	e.Status = r.status()
	e.refused(r)
	said := answer.Answer{Because: r.because, Rule: r.rule, Ticket: r.ticket, Trace: e.Trace.String(), Client: c.client.Addr().String()}
	if h != nil {
		e.Method = string(h.Method)
		said.Method, said.Target = e.Method, phrase.Text(string(h.Target))
		said.JSON, said.Lang = h.WantsJSON(), h.Lang()
	}
	_ = c.tcp.SetWriteDeadline(time.Now().Add(lingerTime))
	if err := said.Write(c.tcp); err != nil && e.Err == "" {
		e.Err = plainError(err)
	}
	e.write(c.s)
	goodbye(c.tcp)
}
