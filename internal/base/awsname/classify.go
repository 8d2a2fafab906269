package awsname

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/netset"
)

// Classify says what h is. The tests run in the order that keeps names inside
// names apart: the suffix on a label boundary, PrivateLink, S3 from the right
// (a bucket's name may hold dots, regions and whole AWS names), what the
// catalogue knows, customers' names, consoles. What is left is Unknown.
func (c *Catalogue) Classify(h netset.Host) Name {
	name := Name{Host: h.Name, Kind: NotAWS}
	if h.IsAddr() {
		return name
	}
	rest, s, ok := cutSuffix(h.Name)
	if !ok {
		return name
	}
	r := reading{c: c, suffix: s, rest: rest}
	r.name = Name{Host: h.Name, Partition: s.partition, KnownRegion: true}
	r.classify()
	if n := &r.name; n.Kind == Unknown || underscored(n) {
		return r.unknown()
	}
	r.settle()
	return r.name
}

// reading is a name on its way to be classified. A form that fits fills name
// and returns true; one that does not leaves its kind Unknown.
type reading struct {
	c      *Catalogue
	name   Name
	suffix suffix
	rest   string // what stands before the suffix

	before string // rest without the region, if there is one at its end
	region string // that region; empty for a pseudo region
	ended  bool   // rest ends in a region or pseudo region
}

func (r *reading) classify() bool {
	if r.rest == "" {
		return false
	}
	switch r.suffix.class {
	case plain, dual, onAWS:
		r.cutRegion()
		return r.privateLink() || r.s3() || r.fixed() || r.endpoint() || r.tenant() || r.portal()
	case tenants:
		return r.tenantDomain()
	case console:
		return r.consoleDomain()
	case repo:
		return r.is(PackageRepo, AWS, r.suffix.service)
	default:
		return false
	}
}

// cutRegion looks for a region of the suffix's partition at the end of rest.
func (r *reading) cutRegion() {
	before, label := cutLast(r.rest)
	partition, ok := PartitionOf(label)
	pseudo := false
	if !ok {
		partition, pseudo = pseudoRegion(label)
	}
	if (!ok && !pseudo) || before == "" || !r.suffix.holds(partition) {
		return
	}
	r.before, r.ended = before, true
	r.name.Partition = partition
	if ok {
		r.region = label
	}
}

// holds reports whether names of partition stand under s.
func (s suffix) holds(partition string) bool {
	return partition == s.partition ||
		s.partition == "aws" && (partition == "aws-us-gov" || s.class == onAWS)
}

// is fills in what every form has. The region is the one that was cut.
func (r *reading) is(k Kind, o Owner, service string) bool {
	r.name.Kind, r.name.Owner, r.name.Service = k, o, service
	r.name.Region = r.region
	return true
}

// at sets a region that stands elsewhere than at the end, or in another
// spelling. It must be called after is.
func (r *reading) at(region string) bool {
	r.name.Region = region
	return true
}

// has notes what else the name holds.
func (r *reading) has(label, id string) bool {
	r.name.Parts.Label, r.name.Parts.ID = label, id
	return true
}

// settle derives what follows from the region.
func (r *reading) settle() {
	n := &r.name
	if n.Region == "" {
		return
	}
	if p, ok := PartitionOf(n.Region); ok {
		n.Partition = p
	}
	n.KnownRegion = r.c.Known(n.Region)
}

// unknown says the little that can be said of a name of no known form: the
// suffix's partition, and a region if a label is one.
func (r *reading) unknown() Name {
	n := Name{Host: r.name.Host, Partition: r.suffix.partition, KnownRegion: true}
	n.Variant = variantOf(false, r.suffix.class == dual || r.suffix.class == onAWS)
	for label := range strings.SplitSeq(r.rest, ".") {
		p, ok := PartitionOf(label)
		if label == "us-gov" {
			p = "aws-us-gov"
		} else if !ok {
			continue
		} else {
			n.Region, n.KnownRegion = label, r.c.Known(label)
		}
		if r.suffix.holds(p) {
			n.Partition = p
		}
	}
	return n
}

// underscored reports whether n has an underscore outside its bucket. Bucket
// names made before 2018 in us-east-1 may have them; no other name may.
func underscored(n *Name) bool {
	i := strings.LastIndexByte(n.Host, '_')
	return i >= 0 && (i >= len(n.Parts.Bucket) || !strings.HasPrefix(n.Host, n.Parts.Bucket))
}
