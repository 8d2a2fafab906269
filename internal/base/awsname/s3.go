package awsname

import "strings"

// s3 knows the family of S3, read from the right: what remains on the left is
// the bucket, whatever it looks like.
func (r *reading) s3() bool {
	if r.suffix.class == onAWS {
		return false
	}
	if r.ended {
		return r.s3Regional()
	}
	if r.suffix.class != plain {
		return false
	}
	head, family := cutLast(r.rest)
	if family == "dualstack" {
		if head, family = cutLast(head); family != "s3-accelerate" {
			return false
		}
		r.name.Variant = DualStack
	}
	switch family {
	case "s3":
		return r.suffix.partition == "aws" && r.bucket(head, "s3", Default)
	case "s3-accelerate":
		return r.suffix.partition != "aws-cn" && r.bucket(head, "s3", r.name.Variant)
	case "s3-global":
		return r.multiRegion(head)
	}
	return r.s3Dash(head, family)
}

// s3Dash knows the names of old regions, s3-REGION and s3-website-REGION.
func (r *reading) s3Dash(head, family string) bool {
	for _, f := range [...]struct {
		prefix string
		fips   bool
	}{{"s3-website-", false}, {"s3-fips-", true}, {"s3-", false}} {
		region, ok := strings.CutPrefix(family, f.prefix)
		if !ok {
			continue
		}
		partition, ok := PartitionOf(region)
		if region == "external-1" && f.prefix == "s3-" {
			region, partition, ok = "us-east-1", "aws", true // the old name of its endpoint
		}
		if !ok || !r.suffix.holds(partition) {
			return false
		}
		r.region, r.name.Partition = region, partition
		if f.prefix == "s3-website-" {
			return r.website(head)
		}
		return r.bucket(head, "s3", variantOf(f.fips, false))
	}
	return false
}

// multiRegion knows multi-region access points, ALIAS.mrap.accesspoint.s3-global.
func (r *reading) multiRegion(head string) bool {
	alias, ok := strings.CutSuffix(head, ".mrap.accesspoint")
	if !ok || !isAlnum(alias) {
		return false
	}
	r.is(Resource, Anyone, "s3")
	return r.has("mrap", head[:len(alias)+len(".mrap")])
}

// s3Regional knows [HEAD.]FAMILY[-fips][.dualstack].REGION.
func (r *reading) s3Regional() bool {
	head, label := cutLast(r.before)
	isDual := r.suffix.class == dual
	if label == "dualstack" {
		isDual = true
		head, label = cutLast(head)
	}
	if !strings.HasPrefix(label, "s3") {
		return false
	}
	if after, ok := strings.CutPrefix(label, "s3express-"); ok {
		return r.s3Express(head, after, isDual)
	}
	family, fips := strings.CutSuffix(label, "-fips")
	if head == "" && family != "s3-website" {
		return false // the root is an endpoint like any other
	}
	if _, ok := r.prefix(label); !ok && r.suffix.class == dual {
		return false // few of the family stand under api.aws
	}
	v := variantOf(fips, isDual)
	switch family {
	case "s3":
		return r.bucket(head, "s3", v)
	case "s3-website":
		return v == Default && r.website(head)
	case "s3-accesspoint":
		return r.accessPoint(head, "s3", v)
	case "s3-object-lambda":
		return r.objectLambda(head, v)
	case "s3-outposts":
		return r.outpost(head, v)
	case "s3-control":
		r.name.Parts.Account, r.name.Variant = head, v
		return isAccount(head) && r.is(Resource, Anyone, "s3-control")
	}
	return false
}

// bucket knows a bucket in front of an endpoint, and the endpoint alone.
func (r *reading) bucket(name, service string, v Variant) bool {
	r.name.Variant = v
	if name == "" {
		return r.is(API, AWS, service)
	}
	if !isBucket(name) {
		return false
	}
	r.name.Parts.Bucket = name
	if b, ok := r.c.buckets[name]; ok && b.Partition == r.name.Partition {
		r.has("publisher", b.Publisher)
		return r.is(PackageRepo, AWS, service)
	}
	return r.is(Resource, Anyone, service)
}

// isBucket reports whether name can be a bucket's. It is lenient in length and
// characters, as old buckets are, and refuses what S3 reserves.
func isBucket(name string) bool {
	return name != "" && !strings.HasPrefix(name, "xn--") && !strings.HasPrefix(name, "sthree-") && !isDotted(name)
}

// isDotted reports whether s looks like an IPv4 address.
func isDotted(s string) bool {
	return strings.Count(s, ".") == 3 && strings.Trim(s, "0123456789.") == ""
}

func (r *reading) website(head string) bool {
	if head == "" {
		return r.is(API, AWS, "s3-website")
	}
	r.name.Parts.Bucket = head
	return isBucket(head) && r.is(CustomerContent, Anyone, "s3-website")
}

// accessPoint knows NAME-ACCOUNT in front of an endpoint.
func (r *reading) accessPoint(head, service string, v Variant) bool {
	point, account, ok := cutAccount(head)
	if !ok || strings.Contains(point, ".") {
		return false
	}
	r.name.Parts.Account, r.name.Variant = account, v
	r.has("accesspoint", point)
	return r.is(Resource, Anyone, service)
}

// objectLambda knows object lambda access points, and the routes to which
// their functions write.
func (r *reading) objectLambda(head string, v Variant) bool {
	const service = "s3-object-lambda"
	if r.accessPoint(head, service, v) {
		return true
	}
	if strings.Contains(head, ".") {
		return false
	}
	r.name.Variant = v
	r.has("route", head)
	return r.is(Resource, Anyone, service)
}

// outpost knows access points and their aliases on an outpost,
// NAME-ACCOUNT.OUTPOST and ALIAS--op-s3.OUTPOST.
func (r *reading) outpost(head string, v Variant) bool {
	point, outpost := cutFirst(head)
	if !isID(outpost, "op-") {
		return false
	}
	if strings.HasSuffix(point, "--op-s3") {
		r.name.Parts.Bucket, r.name.Variant = point, v
		return r.is(Resource, Anyone, "s3-outposts")
	}
	return r.accessPoint(point, "s3-outposts", v)
}

// s3Express knows directory buckets, BUCKET--ZONE--x-s3.s3express-[fips-]ZONE,
// access points to them, the endpoints alone, and the control endpoint. after
// is what follows "s3express-".
func (r *reading) s3Express(head, after string, isDual bool) bool {
	const service = "s3express"
	if r.suffix.class != plain {
		return false
	}
	if control, ok := strings.CutPrefix(after, "control"); ok {
		rest, fips := strings.CutPrefix(control, "-fips")
		rest, documented := strings.CutPrefix(rest, "-dualstack") // the user guide's spelling
		r.name.Variant = variantOf(fips, isDual || documented)
		return rest == "" && head == "" && r.is(API, AWS, service)
	}
	zone, fips := strings.CutPrefix(after, "fips-")
	if !isZoneID(zone) || strings.Contains(head, ".") {
		return false
	}
	r.name.Variant = variantOf(fips, isDual)
	if head == "" {
		return r.is(API, AWS, service)
	}
	if of, ok := strings.CutSuffix(head, "--x-s3"); ok && inZone(of, zone) {
		r.name.Parts.Bucket = head
		r.has("az", zone)
		return r.is(Resource, Anyone, service)
	}
	if of, ok := strings.CutSuffix(head, "--xa-s3"); ok && inZone(of, zone) {
		r.has("accesspoint", head)
		return r.is(Resource, Anyone, service)
	}
	return false
}

// inZone reports whether name ends in "--" and zone, after something.
func inZone(name, zone string) bool {
	before, ok := strings.CutSuffix(name, zone)
	return ok && len(before) > 2 && strings.HasSuffix(before, "--")
}

// isZoneID reports whether s is a zone id: "use1-az4", "usw2-lax1-az1".
func isZoneID(s string) bool {
	i := strings.LastIndex(s, "-az")
	if i <= 0 || i+3 == len(s) || !isDigits(s[i+3:]) {
		return false
	}
	region, local, _ := strings.Cut(s[:i], "-")
	return region != "" && isAlnum(region) && isAlnum(local)
}
