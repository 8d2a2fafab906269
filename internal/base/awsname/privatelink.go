package awsname

import "strings"

// privateLink knows the names below vpce: those of interface endpoints,
//
//	VPCE-ID-HASH[-ZONE].PREFIX.REGION.vpce
//	[BUCKET.|AP-ACCOUNT.]bucket|accesspoint|control.VPCE-ID-HASH.s3.REGION.vpce
//	ID.execute-api.REGION.vpce
//
// and those of the services that customers offer, with vpce-svc-ID in the
// place of PREFIX or alone. The far side of those can be anybody's.
func (r *reading) privateLink() bool {
	body, label := cutLast(r.rest)
	if label != "vpce" {
		return false
	}
	body, region := cutLast(body)
	partition, ok := PartitionOf(region)
	switch {
	case ok && r.suffix.holds(partition):
		r.region, r.name.Partition = region, partition
	case region == "s3-global": // multi-region access points have no region
		body = r.rest[:len(r.rest)-len(".vpce")]
	default:
		return false
	}
	return r.vpceService(body) || r.vpceEndpoint(body) || r.vpceAPI(body)
}

// vpceService knows vpce-svc-ID, the name that a customer's service has.
func (r *reading) vpceService(body string) bool {
	if !isID(body, "vpce-svc-") {
		return false
	}
	r.is(VPCE, Anyone, "vpce-svc")
	return r.has("vpce_service", body)
}

func (r *reading) vpceAPI(body string) bool {
	id, service := cutFirst(body)
	if service != "execute-api" || !isAlnum(id) {
		return false
	}
	r.is(VPCE, Anyone, service)
	return r.has("api", id)
}

// vpceEndpoint knows the names of an interface endpoint.
func (r *reading) vpceEndpoint(body string) bool {
	head, id, prefix, ok := cutEndpoint(body)
	if !ok || prefix == "" {
		return false
	}
	service, owner := prefix, AWS
	switch {
	case isID(prefix, "vpce-svc-"):
		service, owner = "vpce-svc", Anyone
	case vpceTenants[prefix]:
		owner = Anyone
	}
	if head != "" {
		if prefix != "s3" || !r.vpceHead(head) {
			return false
		}
		if r.name.Parts.Bucket != "" || r.name.Parts.Account != "" {
			owner = Anyone
		}
	}
	r.is(VPCE, owner, service)
	return r.has("vpce", id)
}

// vpceTenants are the prefixes behind which every customer's content stands.
var vpceTenants = map[string]bool{
	"execute-api": true, "dkr.ecr": true, "codeartifact.repositories": true, "aoss": true,
	"appsync-api": true, "grafana-workspace": true, "transfer.server": true, "lambda-url": true,
}

// vpceHead reads what S3's endpoints have in front.
func (r *reading) vpceHead(head string) bool {
	inner, word := cutLast(head)
	switch word {
	case "bucket":
		if inner != "" && !isBucket(inner) {
			return false
		}
		r.name.Parts.Bucket = inner
		return true
	case "accesspoint":
		_, account, ok := cutAccount(inner)
		r.name.Parts.Account = account
		return inner == "" || ok
	case "control":
		r.name.Parts.Account = inner
		return inner == "" || isAccount(inner)
	}
	return false
}

// cutEndpoint splits HEAD.VPCE-….PREFIX at the last label that is an endpoint's,
// because a bucket can be named like one.
func cutEndpoint(body string) (head, id, prefix string, ok bool) {
	for end := len(body); end > 0; {
		start := strings.LastIndexByte(body[:end], '.') + 1
		if id, ok := endpointID(body[start:end]); ok {
			return body[:max(start-1, 0)], id, strings.TrimPrefix(body[end:], "."), true
		}
		end = start - 1
	}
	return "", "", "", false
}

// endpointID reads VPCE-ID-HASH, with a zone or without.
func endpointID(label string) (id string, ok bool) {
	after, ok := strings.CutPrefix(label, "vpce-")
	if !ok {
		return "", false
	}
	hex, after, ok := strings.Cut(after, "-")
	hash, zone, zonal := strings.Cut(after, "-")
	if !ok || len(hex) < 8 || !isHex(hex) || hash == "" || !isAlnum(hash) || zonal && !isZone(zone) {
		return "", false
	}
	return label[:len("vpce-")+len(hex)], true
}

// isZone reports whether s is an availability zone, "ap-northeast-3a", or a
// local one, "us-west-2-lax-1a".
func isZone(s string) bool {
	if s == "" || s[len(s)-1] < 'a' || s[len(s)-1] > 'z' {
		return false
	}
	region := s[:len(s)-1]
	if _, ok := PartitionOf(region); ok {
		return true
	}
	i := strings.LastIndexByte(region, '-') // -1 of "-lax-1"
	if i < 0 || !isDigits(region[i+1:]) {
		return false
	}
	i = strings.LastIndexByte(region[:i], '-')
	if i < 0 {
		return false
	}
	_, ok := PartitionOf(region[:i])
	return ok
}

// isID reports whether s is prefix and 8 to 17 hexadecimal digits.
func isID(s, prefix string) bool {
	hex, ok := strings.CutPrefix(s, prefix)
	return ok && len(hex) >= 8 && len(hex) <= 17 && isHex(hex)
}
