package iampolicy

import "strings"

// Sort says what a name in a policy is the name of.
type Sort uint8

// The sorts of names.
const (
	AccountName Sort = iota
	VPCName
	EndpointName
	OrganizationName
)

// Names returns what the request calls the thing that a policy calls name:
// where both ids and names are used, it turns one into the other. An account
// that nobody gave an id is none of those that have one. It returns
// name itself if it knows no other.
type Names func(sort Sort, name string) string

// IDs returns the id of what the request calls name, false if nobody gave it
// one: the other way round of Names. Resources have ids in them, so variables
// there do too.
type IDs func(sort Sort, name string) (string, bool)

// of returns value, which key holds, as ARNs of resources have it.
func (n IDs) of(key string, value text) text {
	sort, ok := sortOf(key)
	if n == nil || !ok || value.known != yes {
		return value
	}
	if value.text, ok = n(sort, value.text); !ok {
		value.known = maybe
	}
	return value
}

// sortOf returns what the values of a key name.
func sortOf(key string) (Sort, bool) {
	switch strings.ToLower(key) {
	case "aws:principalaccount", "aws:resourceaccount", "aws:sourceaccount", "aws:vpceaccount":
		return AccountName, true
	case "aws:sourcevpc":
		return VPCName, true
	case "aws:sourcevpce":
		return EndpointName, true
	case "aws:principalorgid", "aws:resourceorgid", "aws:sourceorgid", "aws:vpceorgid":
		return OrganizationName, true
	}
	return 0, false
}

// of returns text, the value of a condition with key, as the request has it.
func (n Names) of(key, text string) string {
	if n == nil {
		return text
	}
	if sort, ok := sortOf(key); ok {
		return n(sort, text)
	}
	return n.inARN(text)
}

// inARN returns text with the account of the ARN that it is, if it is one, as
// the request has it.
func (n Names) inARN(text string) string {
	if n == nil || !strings.HasPrefix(text, "arn:") {
		return text
	}
	parts := strings.SplitN(text, ":", 6)
	if len(parts) < 6 || parts[4] == "" || strings.ContainsAny(parts[4], "*?$") {
		return text
	}
	account := n(AccountName, parts[4])
	if account == parts[4] {
		return text
	}
	parts[4] = account
	return strings.Join(parts, ":")
}

// like reports whether g matches what key holds: text, or the id that AWS has
// in the place of that name.
func (n IDs) like(key string, g glob, text string) truth {
	if g.matches(text) {
		return yes
	}
	found, all := no, yes
	for _, id := range n.behind(key, text) {
		loose := g
		loose.loose = true
		switch {
		case g.matches(id):
			found = maybe
		case loose.matches(id):
			found, all = maybe, no
		default:
			all = no
		}
	}
	if found == maybe && all == yes {
		return yes
	}
	return found
}

// equals reports whether wanted is the id that AWS has in the place of text,
// which key holds, and which is not equal to it. Ids of accounts Names knows.
func (n IDs) equals(key, wanted, text string) truth {
	if n == nil || !strings.HasPrefix(wanted, "vpc") {
		return no
	}
	var b strings.Builder
	escape(&b, wanted, true, `\*?`)
	return n.like(key, glob{pattern: b.String(), escaped: true}, text)
}

// behind returns the id that AWS has in the place of text, which key holds: the
// forms that it may have if nobody gave it one. It returns nothing if text is
// what AWS has, and of an account without an id: that is none of those that
// have one.
func (n IDs) behind(key, text string) []string {
	if n == nil {
		return nil
	}
	sort, ok := sortOf(key)
	if !ok {
		arn, isARN := cutARN(text)
		if !isARN {
			return nil
		}
		id, known := n(AccountName, arn[accountSegment])
		if !known {
			return nil
		}
		arn[accountSegment] = id
		return []string{strings.Join(arn[:], ":")}
	}
	id, known := n(sort, text)
	switch {
	case known:
		return []string{id}
	case sort == VPCName:
		return vpcIDs
	case sort == EndpointName:
		return endpointIDs
	}
	return nil
}

// Ids of networks and endpoints have 8 hexadecimal digits, or since 2018 17
// (Amazon EC2 User Guide, "Resource IDs").
var (
	vpcIDs      = []string{"vpc-" + short, "vpc-" + long}
	endpointIDs = []string{"vpce-" + short, "vpce-" + long}
)

const (
	short = "\x00\x00\x00\x00\x00\x00\x00\x00"
	long  = short + short + "\x00"
)
