package access

import (
	"net/netip"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// Because puts the ground of d, the answer to q, into a reason for people.
func (d Decision) Because(q *Request) reason.Because {
	host := q.Host.String()
	switch d.Code {
	case reason.RuleAllows, reason.RuleDenies:
		return reason.New(d.Code, host, d.RuleName())
	case reason.NoRule:
		return reason.New(d.Code, host, d.ClientName())
	case reason.UnknownClient:
		return reason.New(d.Code, from(q))
	case reason.LinkLocal, reason.OwnAddress, reason.SpecialAddress:
		return reason.New(d.Code, text(d.Addr))
	case reason.PrivateAddress:
		if q.Host.IsAddr() {
			return reason.New(reason.PrivateLiteral, text(d.Addr))
		}
		return reason.New(d.Code, text(d.Addr), host)
	}
	return reason.New(d.Code, host)
}

// RuleName is the name of the rule that decided, "" if none did.
func (d Decision) RuleName() string {
	if d.Rule == nil {
		return ""
	}
	return d.Rule.Name
}

// ClientName is the name of the client, "" if it is unknown.
func (d Decision) ClientName() string {
	if d.Client == nil {
		return ""
	}
	return d.Client.Name
}

// Position is where the rule that decided stands: "deguchi.yaml:12:5". It is
// "" if none decided.
func (d Decision) Position() string {
	if d.Rule == nil {
		return ""
	}
	return d.Rule.Pos.String()
}

// from is who asks, with the endpoint if there is one.
func from(q *Request) string {
	if q.Endpoint == "" {
		return text(q.Client)
	}
	return text(q.Client) + " (" + q.Endpoint + ")"
}

// text is addr in words, "" for the zero Addr.
func text(addr netip.Addr) string {
	if !addr.IsValid() {
		return ""
	}
	return addr.String()
}
