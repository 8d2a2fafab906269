package awsname

import "strings"

// fixed looks the whole name up.
func (r *reading) fixed() bool {
	h, ok := r.c.hosts[r.name.Host]
	if !ok {
		return false
	}
	r.is(h.Kind, AWS, h.Service)
	r.name.Partition, r.name.Variant = h.Partition, h.Variant
	return r.at(h.Region)
}

// endpoint knows service endpoints, PREFIX.REGION and REGION.PREFIX, in the
// places where the catalogue has the prefix. The region may be new.
func (r *reading) endpoint() bool {
	if r.ended {
		if p, ok := r.prefix(r.before); ok {
			r.is(p.kind, AWS, p.service)
			r.name.Variant = r.variant(r.before)
			if p.kind == PackageRepo {
				r.name.Parts.Bucket = r.name.Host // the name is a CNAME to a bucket of that name
			}
			return true
		}
		return r.account()
	}
	region, after := cutFirst(r.rest)
	partition, ok := PartitionOf(region)
	if !ok || !r.suffix.holds(partition) {
		return false
	}
	p, ok := find(r.c.first[after], place(partition, r.suffix.class))
	if !ok {
		return false
	}
	r.is(p.kind, AWS, p.service)
	r.name.Variant = r.variant(after)
	return r.at(region)
}

// prefix looks name up among the endpoints of this place, with its number or
// without.
func (r *reading) prefix(name string) (prefix, bool) {
	at := place(r.name.Partition, r.suffix.class)
	if p, ok := find(r.c.prefixes[name], at); ok {
		return p, true
	}
	i := strings.LastIndexByte(name, '-')
	if i < 0 || i+1 == len(name) || !isDigits(name[i+1:]) {
		return prefix{}, false
	}
	p, ok := find(r.c.prefixes[name[:i]], at)
	return p, ok && p.numbered
}

// variant reads the tokens of a prefix: "ecr-fips", "fips.batch", and
// "dualstack" or a suffix that says so.
func (r *reading) variant(prefix string) Variant {
	fips, isDual := false, r.suffix.class == dual || r.suffix.class == onAWS
	for label := range strings.SplitSeq(prefix, ".") {
		fips = fips || label == "fips" || strings.HasSuffix(label, "-fips") || strings.Contains(label, "-fips-")
		isDual = isDual || label == "dualstack"
	}
	return variantOf(fips, isDual)
}
