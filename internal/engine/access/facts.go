package access

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
)

// state says whether a request tells a fact. The zero state is untold, so that
// a forgotten fact closes.
type state uint8

const (
	untold state = iota
	told
	none
)

// fact is one thing that a matcher may ask for.
type fact struct {
	state state
	value string // if told
}

// facts is all that a request tells of its host; the table in the package
// comment says why.
type facts struct {
	kind                               awsname.Kind
	owner                              awsname.Owner
	variant                            awsname.Variant
	flavour                            state // of owner and variant
	service, region, partition, bucket fact
	account                            fact
	alias                              bool // bucket is the alias of an access point
	jobs                               membership
	read                               string // the region that the jobs' templates read in the host
}

// factsOf reads the facts of q out of its host and name.
func factsOf(q *Request) facts {
	if q.Host.IsAddr() {
		return facts{kind: awsname.NotAWS}
	}
	n := &q.Name
	switch n.Kind {
	case awsname.Unknown:
		return facts{kind: awsname.Unknown}
	case awsname.NotAWS:
		no := fact{state: none}
		return facts{kind: awsname.NotAWS, flavour: none,
			service: no, region: no, partition: no, bucket: no, account: no}
	default:
	}
	f := facts{
		kind: n.Kind, owner: n.Owner, variant: n.Variant, flavour: told,
		service:   saying(n.Service),
		region:    saying(n.Region),
		partition: saying(n.Partition),
		bucket:    saying(n.Parts.Bucket),
		account:   saying(n.Parts.Account),
	}
	if f.bucket.state == untold && !hasBuckets(n.Service) {
		f.bucket.state = none
	}
	f.alias = isAlias(n.Parts.Bucket)
	return f
}

// saying is the fact with this value, untold if the name is silent about it.
func saying(value string) fact {
	if value == "" {
		return fact{}
	}
	return fact{told, value}
}

// hasBuckets reports whether a service keeps things in buckets: S3, in all its
// names (s3express, s3-outposts, s3tables …), and a service that is not told.
func hasBuckets(service string) bool {
	return service == "" || strings.HasPrefix(service, "s3")
}

// isAlias reports whether a name in the bucket's place is the alias of an
// access point. AWS reserves these endings (S3 user guide, bucket naming rules).
func isAlias(bucket string) bool {
	return strings.HasSuffix(bucket, "-s3alias") || strings.HasSuffix(bucket, "--op-s3") ||
		strings.HasSuffix(bucket, "--ol-s3") || strings.HasSuffix(bucket, ".mrap")
}

// ownerState says whether the owner is told.
func (f *facts) ownerState() state {
	if f.flavour == told && f.owner == awsname.Nobody {
		return untold
	}
	return f.flavour
}
