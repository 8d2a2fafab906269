package iampolicy

import (
	"net/netip"
	"testing"

	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// TestIDs: the request goes by names, as topologies do, and the policy by ids
// or patterns of them, as AWS does. Networks and endpoints have an id that
// nobody told.
func TestIDs(t *testing.T) {
	ids := map[string]string{"main": "111111111111", "partner": "222222222222"}
	q := get(Context{
		"aws:SourceVpce": Is("app/s3"), "aws:SourceVpc": Is("app"), "aws:PrincipalAccount": Is("main"), "aws:ResourceAccount": Is("other"),
		"aws:PrincipalArn": Is("arn:aws:iam::main:role/app"), "aws:PrincipalOrgID": Is("o-main"),
	})
	q.Names = func(_ Sort, name string) string {
		for known, id := range ids {
			if id == name {
				return known
			}
		}
		return name
	}
	q.IDs = func(sort Sort, name string) (string, bool) {
		if sort == OrganizationName {
			return name, true
		}
		id, ok := ids[name]
		return id, ok
	}
	tests := map[string]struct {
		condition string
		want      Verdict
	}{
		"every endpoint's id begins so":                   {`StringLike: {"aws:SourceVpce": "vpce-*"}`, Allowed},
		"every endpoint's id begins so, negated":          {`StringNotLike: {"aws:SourceVpce": "vpce-*"}`, Denied},
		"some endpoints' ids begin so":                    {`StringLike: {"aws:SourceVpce": "vpce-0a*"}`, Unknown},
		"some endpoints' ids begin so, negated":           {`StringNotLike: {"aws:SourceVpce": "vpce-0a*"}`, Unknown},
		"no endpoint's id begins so":                      {`StringLike: {"aws:SourceVpce": "vpc-*"}`, Denied},
		"no endpoint's id has this letter":                {`StringLike: {"aws:SourceVpce": "vpce-0x*"}`, Denied},
		"a pattern of the name":                           {`StringLike: {"aws:SourceVpce": "app/*"}`, Allowed},
		"a pattern of another name":                       {`StringLike: {"aws:SourceVpce": "osaka/*"}`, Denied},
		"the id of some endpoint":                         {`StringEquals: {"aws:SourceVpce": "vpce-0a1b2c3d4e5f60718"}`, Unknown},
		"the id of some endpoint, in another case":        {`StringEqualsIgnoreCase: {"aws:SourceVpce": "VPCE-0A1B2C3D4E5F60718"}`, Unknown},
		"the id of some endpoint, negated":                {`StringNotEquals: {"aws:SourceVpce": "vpce-0a1b2c3d4e5f60718"}`, Unknown},
		"the short id of some network":                    {`StringEquals: {"aws:SourceVpc": "vpc-0a1b2c3d"}`, Unknown},
		"the name of another endpoint":                    {`StringEquals: {"aws:SourceVpce": "vpce-office"}`, Denied},
		"a pattern of the account's id":                   {`StringLike: {"aws:PrincipalAccount": "1111*"}`, Allowed},
		"a pattern of another account's id":               {`StringLike: {"aws:PrincipalAccount": "2222*"}`, Denied},
		"a pattern of an id, negated":                     {`StringNotLike: {"aws:PrincipalAccount": "1111*"}`, Denied},
		"a pattern of an id, of an account that has none": {`StringLike: {"aws:ResourceAccount": "1111*"}`, Denied},
		"a pattern of the account's name":                 {`StringLike: {"aws:PrincipalAccount": "ma*"}`, Allowed},
		"an account in an ARN, by a pattern of its id":    {`ArnLike: {"aws:PrincipalArn": "arn:aws:iam::1111*:role/*"}`, Allowed},
		"another account in an ARN, by a pattern":         {`ArnLike: {"aws:PrincipalArn": "arn:aws:iam::2222*:role/*"}`, Denied},
		"an ARN as text, by a pattern of the id":          {`StringLike: {"aws:PrincipalArn": "arn:aws:iam::1111????????:role/*"}`, Allowed},
		"an ARN as text, by the end of the id":            {`StringLike: {"aws:PrincipalArn": "*1111:role/app"}`, Allowed},
		"an ARN as text, another role":                    {`StringLike: {"aws:PrincipalArn": "*1111:role/admin"}`, Denied},
		"an organization goes by its id":                  {`StringLike: {"aws:PrincipalOrgID": "o-*"}`, Allowed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Evaluate(parse(t, "[{Effect: Allow, Condition: {"+tt.condition+"}}]"), q); got.Verdict != tt.want {
				t.Errorf("%s is %v, want %v: %s", tt.condition, got.Verdict, tt.want, got.Because().In(reason.English))
			}
		})
	}
}

// TestEvaluateVariables are the corners of variables that the recorded cases do
// not have.
func TestEvaluateVariables(t *testing.T) {
	q := get(Context{
		"aws:PrincipalArn": Is("arn:aws:iam::main:role/app"), "aws:SourceArn": Is("arn:aws:iam::main:role/app"), "aws:UserAgent": Absent(),
		"aws:TagKeys": Several("a", "b"), "aws:username": Is("app"), "aws:userid": Is("iam::main:role/a*p"),
	})
	tests := map[string]struct {
		condition string
		want      Verdict
	}{
		"a variable is the whole ARN":                    {`ArnEquals: {"aws:SourceArn": "${aws:PrincipalArn}"}`, Allowed},
		"a variable is the whole ARN, negated":           {`ArnNotEquals: {"aws:SourceArn": "${aws:PrincipalArn}"}`, Denied},
		"a variable is several segments":                 {`ArnLike: {"aws:SourceArn": "arn:*:${aws:userid}"}`, Denied},
		"a star of a variable is no wildcard in an ARN":  {`ArnLike: {"aws:SourceArn": "arn:aws:${aws:userid}"}`, Denied},
		"a whole ARN whose variable is absent":           {`ArnNotEquals: {"aws:SourceArn": "${aws:UserAgent}"}`, Allowed},
		"a whole ARN whose variable is unknown":          {`ArnNotEquals: {"aws:SourceArn": "${aws:SourceIdentity}"}`, Unknown},
		"a whole ARN by the default":                     {`ArnEquals: {"aws:SourceArn": "${aws:UserAgent, 'arn:aws:iam::main:role/app'}"}`, Allowed},
		"a list in a variable":                           {`StringNotEquals: {"aws:username": "${aws:TagKeys}"}`, Unknown},
		"a list in a variable with a default":            {`StringEquals: {"aws:username": "${aws:TagKeys, 'app'}"}`, Unknown},
		"a default without quotes":                       {`StringNotEquals: {"aws:username": "${aws:UserAgent, app}"}`, Unknown},
		"a default without quotes, of a key that is set": {`StringEquals: {"aws:username": "${aws:username, app}"}`, Unknown},
		"a default without a blank before it":            {`StringNotEquals: {"aws:username": "${aws:UserAgent,'x'}"}`, Unknown},
		"blanks in a variable":                           {`StringEquals: {"aws:username": "${ aws:username }"}`, Unknown},
		"a variable in a default":                        {`StringEquals: {"aws:username": "${aws:UserAgent, '${aws:username}'}"}`, Unknown},
		"a default that is empty":                        {`StringNotEquals: {"aws:username": "${aws:UserAgent, ''}"}`, Allowed},
		"a default with a comma":                         {`StringEquals: {"aws:username": "${aws:username, 'a, b'}"}`, Allowed},
		"a default that looks like a pattern":            {`StringLike: {"aws:username": "${aws:UserAgent, '*'}"}`, Denied},
		"a variable without a name":                      {`StringNotEquals: {"aws:username": "${}"}`, Unknown},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Evaluate(parse(t, "[{Effect: Allow, Condition: {"+tt.condition+"}}]"), q); got.Verdict != tt.want {
				t.Errorf("%s is %v, want %v: %s", tt.condition, got.Verdict, tt.want, got.Because().In(reason.English))
			}
		})
	}
}

// TestEvaluateARNs: what an ARN operator makes of what is no ARN, nobody documents.
func TestEvaluateARNs(t *testing.T) {
	q := get(Context{"aws:PrincipalArn": Is("arn:aws:iam::main:role/app"), "aws:SourceArn": Is("app"), "aws:UserAgent": Absent()})
	tests := map[string]struct {
		condition string
		want      Verdict
	}{
		"a pattern that is no ARN":           {`ArnLike: {"aws:PrincipalArn": "*"}`, Unknown},
		"a pattern that is no ARN, negated":  {`ArnNotLike: {"aws:PrincipalArn": "*"}`, Unknown},
		"a pattern of three segments":        {`ArnNotLike: {"aws:PrincipalArn": "arn:aws:*"}`, Unknown},
		"a pattern of six, each anything":    {`ArnLike: {"aws:PrincipalArn": "*:*:*:*:*:*"}`, Allowed},
		"a pattern of six, negated":          {`ArnNotLike: {"aws:PrincipalArn": "*:*:*:*:*:*"}`, Denied},
		"a pattern that begins otherwise":    {`ArnLike: {"aws:PrincipalArn": "urn:aws:iam::main:role/app"}`, Denied},
		"a value that is no ARN":             {`ArnLike: {"aws:SourceArn": "arn:aws:iam::*:*"}`, Unknown},
		"a value that is no ARN, negated":    {`ArnNotLike: {"aws:SourceArn": "arn:aws:iam::*:*"}`, Unknown},
		"one pattern is an ARN, and matches": {`ArnLike: {"aws:PrincipalArn": ["*", "arn:aws:iam::main:role/*"]}`, Allowed},
		"no ARN, but the variable is absent": {`ArnNotLike: {"aws:PrincipalArn": "${aws:UserAgent}"}`, Allowed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Evaluate(parse(t, "[{Effect: Allow, Condition: {"+tt.condition+"}}]"), q); got.Verdict != tt.want {
				t.Errorf("%s is %v, want %v: %s", tt.condition, got.Verdict, tt.want, got.Because().In(reason.English))
			}
		})
	}
}

// TestEvaluateNetworks: a network of IPv4 may be written in the form of IPv6.
func TestEvaluateNetworks(t *testing.T) {
	q := get(Context{"aws:SourceIp": Is("10.1.1.5"), "aws:VpcSourceIp": Within(netip.MustParsePrefix("10.1.1.0/24"))})
	tests := map[string]struct {
		condition string
		want      Verdict
	}{
		"a mapped network":               {`IpAddress: {"aws:SourceIp": "::ffff:10.1.0.0/112"}`, Allowed},
		"a mapped network, negated":      {`NotIpAddress: {"aws:SourceIp": "::ffff:10.1.0.0/112"}`, Denied},
		"another mapped network":         {`IpAddress: {"aws:SourceIp": "::ffff:10.2.0.0/112"}`, Denied},
		"a mapped address":               {`IpAddress: {"aws:SourceIp": "::ffff:10.1.1.5"}`, Allowed},
		"a mapped network of a range":    {`IpAddress: {"aws:VpcSourceIp": "::ffff:10.1.0.0/112"}`, Allowed},
		"every IPv6 address":             {`IpAddress: {"aws:SourceIp": "::/0"}`, Denied},
		"every mapped address is IPv4's": {`IpAddress: {"aws:SourceIp": "::ffff:0.0.0.0/96"}`, Allowed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Evaluate(parse(t, "[{Effect: Allow, Condition: {"+tt.condition+"}}]"), q); got.Verdict != tt.want {
				t.Errorf("%s is %v, want %v: %s", tt.condition, got.Verdict, tt.want, got.Because().In(reason.English))
			}
		})
	}
}

// TestAnUnknownIDMayBeAny: what a pattern makes of an endpoint whose id nobody
// told, it makes of that endpoint whatever its id is.
func TestAnUnknownIDMayBeAny(t *testing.T) {
	untold := IDs(func(Sort, string) (string, bool) { return "", false })
	rapid.Check(t, func(t *rapid.T) {
		sort := rapid.SampledFrom([]struct{ key, prefix string }{{"aws:SourceVpce", "vpce-"}, {"aws:SourceVpc", "vpc-"}}).Draw(t, "sort")
		id := sort.prefix + rapid.StringMatching(`[0-9a-f]{8}|[0-9a-f]{17}`).Draw(t, "id")
		pattern := rapid.OneOf(rapid.StringMatching(`(vpce?-)?[0-9a-fx*?]{0,20}`), rapid.Just(id), rapid.Map(rapid.IntRange(0, len(id)), func(n int) string { return id[:n] + "*" })).Draw(t, "pattern")
		told := IDs(func(Sort, string) (string, bool) { return id, true })
		g := glob{pattern: pattern}
		before, after := untold.like(sort.key, g, "app/s3"), told.like(sort.key, g, "app/s3")
		if before != maybe && before != after || after != is(g.matches(id) || g.matches("app/s3")) {
			t.Fatalf("%q is %v of an unknown id and %v of %s", pattern, before, after, id)
		}
	})
}
