package awsname

import "strings"

// accountForm is a form ACCOUNT.PREFIX: an account's own endpoint.
type accountForm struct {
	prefix, service string
	classes         [3]bool // by class: plain, dual, onAWS
}

var accountForms = []accountForm{
	{"dkr.ecr", "ecr", underBoth},
	{"dkr.ecr-fips", "ecr", underBoth},
	{"dkr-ecr", "ecr", underOnAWS},
	{"dkr-ecr-fips", "ecr", underOnAWS},
	{"ddb", "dynamodb", underBoth},
	{"ddb-fips", "dynamodb", underBoth},
	{"control-kinesis", "kinesis", underBoth},
	{"control-kinesis-fips", "kinesis", underBoth},
	{"data-kinesis", "kinesis", underBoth},
	{"data-kinesis-fips", "kinesis", underBoth},
}

// account knows endpoints with an account id, and with a domain that an
// account named: ACCOUNT.dkr.ecr.REGION, DOMAIN-ACCOUNT.d.codeartifact.REGION.
func (r *reading) account() bool {
	id, after := cutFirst(r.before)
	if isAccount(id) {
		for i := range accountForms {
			if f := &accountForms[i]; after == f.prefix && f.classes[r.suffix.class] {
				r.name.Parts.Account = id
				r.name.Variant = r.variant(after)
				return r.is(Resource, Anyone, f.service)
			}
		}
	}
	if domain, account, ok := cutAccount(id); ok && after == "d.codeartifact" && r.suffix.class == plain {
		r.name.Parts.Account = account
		r.has("domain", domain)
		return r.is(Resource, Anyone, "codeartifact")
	}
	return false
}

// cutAccount splits NAME-ACCOUNT.
func cutAccount(label string) (name, account string, ok bool) {
	i := strings.LastIndexByte(label, '-')
	if i <= 0 || !isAccount(label[i+1:]) {
		return "", "", false
	}
	return label[:i], label[i+1:], true
}

// issued knows the endpoints that AWS IoT gives to an account, and those of
// DataSync's tasks.
func (r *reading) issued() bool {
	id, after := cutFirst(r.before)
	if r.suffix.class != plain {
		return false
	}
	isEndpoint := isAlnum(strings.TrimSuffix(id, "-ats"))
	switch {
	case after == "iot" && isEndpoint:
		r.is(Resource, Anyone, "iot-data")
	case after == "credentials.iot" && isEndpoint:
		r.is(Resource, AWS, "iot-credentials")
	case after == "datasync-dp":
		r.is(Resource, Anyone, "datasync")
	default:
		return false
	}
	return r.has("endpoint", id)
}

// global knows names with an id and no region: global endpoints of
// EventBridge and SES, and the key-value stores of CloudFront.
func (r *reading) global(head, last string) bool {
	isDual := r.suffix.class == dual
	switch {
	case last == "events":
		if id, ok := strings.CutSuffix(head, ".endpoint"); ok && id != "" {
			r.is(Resource, Anyone, "events")
			r.name.Variant = variantOf(false, isDual)
			return r.has("endpoint_id", id)
		}
	case last == "email" && !isDual, last == "global" && isDual:
		if last == "global" {
			head, last = cutLast(head)
		}
		if id, ok := strings.CutSuffix(head, ".endpoints"); ok && id != "" && last == "email" {
			r.is(Resource, Anyone, "email")
			r.name.Variant = variantOf(false, isDual)
			return r.has("endpoint_id", id)
		}
		if isAccount(head) && last == "cloudfront-kvs" {
			r.is(Resource, Anyone, "cloudfront-keyvaluestore")
			r.name.Variant, r.name.Parts.Account = DualStack, head
			return true
		}
	}
	return false
}
