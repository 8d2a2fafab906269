package resolve

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

const (
	maxRecords  = 256 // of an answer that are looked at
	maxHops     = 16  // CNAMEs from the name to its addresses
	maxTTL      = time.Hour
	maxNegative = time.Minute // for how long "there is none" is kept
)

var (
	errStray     = errors.New("not a reply to the query")
	errTruncated = errors.New("reply is truncated")
	errNoEDNS    = errors.New("server does not understand EDNS")
)

// answer is what a server knows of a name and type. Without addresses, there
// are none for certain.
type answer struct {
	addrs []netip.Addr
	ttl   time.Duration // for how long it may be kept; 0: not at all
}

// record is a resource record that leads to an address.
type record struct {
	owner  string
	target string // of a CNAME
	addr   netip.Addr
	ttl    uint32
}

// parseReply reads a server's reply to q. Besides the errors above there are
// those of type *Error.
func parseReply(msg []byte, q query) (answer, error) {
	var p dnsmessage.Parser
	h, err := p.Start(msg)
	if err != nil || !h.Response || h.OpCode != 0 || h.ID != q.id {
		return answer{}, errStray
	}
	if asked, err := p.Question(); err != nil || asked.Type != q.kind || asked.Class != dnsmessage.ClassINET || lower(asked.Name) != q.name {
		return answer{}, errStray
	}
	if _, err := p.Question(); !errors.Is(err, dnsmessage.ErrSectionDone) {
		return answer{}, errStray
	}
	if h.Truncated {
		return answer{}, errTruncated
	}
	switch h.RCode {
	case dnsmessage.RCodeSuccess, dnsmessage.RCodeNameError:
	case dnsmessage.RCodeRefused:
		return answer{}, &Error{Kind: Refused}
	case dnsmessage.RCodeFormatError, dnsmessage.RCodeNotImplemented:
		if q.edns {
			return answer{}, errNoEDNS
		}
		return answer{}, &Error{Kind: Failed, Err: errors.New("server does not understand the query")}
	default:
		return answer{}, &Error{Kind: Failed, Err: errors.New("server failure")}
	}
	a, last, err := follow(&p, q)
	if err != nil || h.RCode == dnsmessage.RCodeSuccess && len(a.addrs) > 0 {
		return a, err
	}
	ttl, known, err := negativeTTL(&p, last)
	if err != nil {
		return answer{}, err
	}
	if h.RCode == dnsmessage.RCodeSuccess && !known && !h.Authoritative && !h.RecursionAvailable {
		return answer{}, &Error{Kind: Failed, Err: errors.New("server does not recurse")}
	}
	return answer{ttl: ttl}, nil
}

// follow walks from the name asked for to its addresses, inside the answer
// section. It returns the name at which the way ends.
func follow(p *dnsmessage.Parser, q query) (answer, string, error) {
	records, err := records(p, q.kind)
	if err != nil {
		return answer{}, "", &Error{Kind: Malformed, Err: err}
	}
	name, ttl := q.name, uint32(maxTTL/time.Second)
	for range maxHops {
		var a answer
		next := ""
		for _, rr := range records {
			switch {
			case rr.owner != name:
			case rr.target == "":
				if len(a.addrs) < maxAddrs && !slices.Contains(a.addrs, rr.addr) {
					a.addrs = append(a.addrs, rr.addr)
				}
				ttl = min(ttl, rr.ttl)
			case next == "":
				next = rr.target
				ttl = min(ttl, rr.ttl)
			}
		}
		if len(a.addrs) > 0 || next == "" {
			a.ttl = time.Duration(ttl) * time.Second
			return a, name, nil
		}
		name = next
	}
	return answer{}, "", &Error{Kind: Malformed, Err: errors.New("CNAME chain is a loop or too long")}
}

// records returns the CNAMEs and addresses of the answer section.
func records(p *dnsmessage.Parser, kind dnsmessage.Type) ([]record, error) {
	var all []record
	for {
		h, err := p.AnswerHeader()
		if errors.Is(err, dnsmessage.ErrSectionDone) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		if h.Class != dnsmessage.ClassINET || h.Type != kind && h.Type != dnsmessage.TypeCNAME || len(all) == maxRecords {
			if err := p.SkipAnswer(); err != nil {
				return nil, err
			}
			continue
		}
		rr := record{owner: lower(h.Name), ttl: sane(h.TTL)}
		switch h.Type {
		case dnsmessage.TypeCNAME:
			var r dnsmessage.CNAMEResource
			r, err = p.CNAMEResource()
			rr.target = lower(r.CNAME)
		case dnsmessage.TypeA:
			var r dnsmessage.AResource
			r, err = p.AResource()
			rr.addr = netip.AddrFrom4(r.A)
		default:
			var r dnsmessage.AAAAResource
			r, err = p.AAAAResource()
			rr.addr = netip.AddrFrom16(r.AAAA).Unmap()
		}
		if err != nil {
			return nil, err
		}
		all = append(all, rr)
	}
}

// negativeTTL returns for how long it may be believed that name has no
// addresses (RFC 2308 section 5), and whether the reply says it.
func negativeTTL(p *dnsmessage.Parser, name string) (ttl time.Duration, known bool, err error) {
	for {
		h, err := p.AuthorityHeader()
		if errors.Is(err, dnsmessage.ErrSectionDone) {
			return 0, false, nil
		}
		if err != nil {
			return 0, false, &Error{Kind: Malformed, Err: err}
		}
		if h.Type != dnsmessage.TypeSOA || h.Class != dnsmessage.ClassINET || !below(name, lower(h.Name)) {
			if err := p.SkipAuthority(); err != nil {
				return 0, false, &Error{Kind: Malformed, Err: err}
			}
			continue
		}
		soa, err := p.SOAResource()
		if err != nil {
			return 0, false, &Error{Kind: Malformed, Err: err}
		}
		seconds := min(sane(h.TTL), sane(soa.MinTTL), uint32(maxNegative/time.Second))
		return time.Duration(seconds) * time.Second, true, nil
	}
}

// below reports whether name is zone or in it. Both end in a dot.
func below(name, zone string) bool {
	return zone == "." || name == zone || strings.HasSuffix(name, "."+zone)
}

// sane returns a TTL; one with the highest bit set counts as 0 (RFC 2181 section 8).
func sane(ttl uint32) uint32 {
	if ttl > 1<<31-1 {
		return 0
	}
	return ttl
}

func lower(n dnsmessage.Name) string { return strings.ToLower(n.String()) }
