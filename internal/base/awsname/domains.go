package awsname

import "strings"

// tenantDomain knows the domains that hold nothing but customers' names.
func (r *reading) tenantDomain() bool {
	r.is(CustomerContent, Anyone, r.suffix.service)
	first, _ := cutFirst(r.rest)
	r.has("name", first)
	return r.anyRegion()
}

// consoleDomain knows the domains of consoles and sign-in.
func (r *reading) consoleDomain() bool {
	r.is(Console, AWS, r.suffix.service)
	if r.suffix.service == "sso" || strings.HasSuffix(r.rest, ".sso") {
		r.name.Service, r.name.Variant = "sso", DualStack
		if id, _ := cutFirst(r.rest); strings.HasPrefix(id, "ssoins-") {
			r.has("instance", id)
		}
	}
	if _, last := cutLast(r.rest); last == "signin" {
		r.name.Service = "signin"
	}
	return r.anyRegion()
}

// anyRegion takes the region from whatever label is one.
func (r *reading) anyRegion() bool {
	for label := range strings.SplitSeq(r.rest, ".") {
		if _, ok := PartitionOf(label); ok {
			r.name.Region = label
		}
	}
	return true
}

// portal knows the pages for people below the suffixes of endpoints: the
// access portals of IAM Identity Center and a few parts of the console.
func (r *reading) portal() bool {
	if r.suffix.class != plain {
		return false
	}
	if r.ended {
		_, last := cutLast(r.before)
		return (last == "sso-portal" || last == "sso") && last != r.before && r.is(Console, AWS, last)
	}
	head, last := cutLast(r.rest)
	switch last {
	case "portal":
		id, region := cutFirst(head)
		if _, ok := PartitionOf(region); !ok || !strings.HasPrefix(id, "ssoins-") {
			return false
		}
		r.is(Console, AWS, "sso")
		r.has("instance", id)
		return r.at(region)
	case "ccs", "as2":
		return head != "" && r.is(Console, AWS, "console")
	}
	return false
}
