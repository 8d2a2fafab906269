package iampolicy

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/policy"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// parse reads a policy as a topology has it: a list, "full" or "unknown".
func parse(t testing.TB, src string) policy.Policy {
	t.Helper()
	n, problems := yamldoc.Parse("t.yaml", []byte("policy: "+src))
	if len(problems) > 0 {
		t.Fatalf("%s: %v", src, problems)
	}
	type file struct{ p policy.Policy }
	f, problems := yamldoc.Decode(yamldoc.Object("", file{},
		yamldoc.Required("policy", "", policy.Type("full", "unknown"), func(f *file) *policy.Policy { return &f.p })), n)
	if len(problems) > 0 {
		t.Fatalf("%s: %v", src, problems)
	}
	return f.p
}

// get is a request of role app of account main for an object; the context says
// what the cases need.
func get(context Context) Request {
	return Request{
		Action: "s3:GetObject", Resource: "arn:aws:s3:::data/a.csv",
		Principal: Principal{Account: "main", ARN: "arn:aws:iam::main:role/app"}, Context: context,
	}
}

func TestEvaluateUnknown(t *testing.T) {
	subnet := Context{"aws:VpcSourceIp": Within(netip.MustParsePrefix("10.1.1.0/24"))}
	vpce := Context{"aws:SourceVpce": Is("vpce-a")}
	tests := map[string]struct {
		policy  string
		context Context
		want    Verdict
	}{
		"everything is told":                             {`[{Effect: Allow, Condition: {StringEquals: {"aws:SourceVpce": vpce-a}}}]`, vpce, Allowed},
		"an Allow that is only unknown":                  {`[{Effect: Allow, Condition: {StringEquals: {"aws:SourceVpc": vpc-a}}}]`, vpce, Unknown},
		"a false condition beside an unknown one":        {`[{Effect: Allow, Condition: {StringEquals: {"aws:SourceVpc": vpc-a, "aws:SourceVpce": vpce-b}}}]`, vpce, Denied},
		"an unknown Deny beside an Allow":                {`[{Effect: Deny, Condition: {StringEquals: {"aws:SourceVpc": vpc-a}}}, {Effect: Allow}]`, vpce, Unknown},
		"an unknown Deny, and denied anyway":             {`[{Effect: Deny, Condition: {StringEquals: {"aws:SourceVpc": vpc-a}}}]`, vpce, Denied},
		"an unknown Deny of another action":              {`[{Effect: Deny, Action: "s3:Put*", Condition: {StringEquals: {"aws:SourceVpc": vpc-a}}}, {Effect: Allow}]`, vpce, Allowed},
		"a certain Deny beside an unknown one":           {`[{Effect: Deny, Condition: {StringEquals: {"aws:SourceVpc": vpc-a}}}, {Effect: Deny}, {Effect: Allow}]`, vpce, Denied},
		"a certain Allow beside an unknown one":          {`[{Effect: Allow, Condition: {StringEquals: {"aws:SourceVpc": vpc-a}}}, {Effect: Allow}]`, vpce, Allowed},
		"IfExists does not know either":                  {`[{Effect: Allow, Condition: {StringEqualsIfExists: {"aws:SourceVpc": vpc-a}}}]`, vpce, Unknown},
		"Null of an unknown key":                         {`[{Effect: Allow, Condition: {"Null": {"aws:SourceVpc": true}}}]`, vpce, Unknown},
		"Null both ways holds whatever the key is":       {`[{Effect: Allow, Condition: {"Null": {"aws:SourceVpc": [true, false]}}}]`, vpce, Allowed},
		"a variable of an unknown key":                   {`[{Effect: Allow, Condition: {StringEquals: {"aws:SourceVpce": "${aws:SourceVpc}"}}}]`, vpce, Unknown},
		"a variable of an unknown key beside a match":    {`[{Effect: Allow, Condition: {StringEquals: {"aws:SourceVpce": ["${aws:SourceVpc}", vpce-a]}}}]`, vpce, Allowed},
		"a key that AWS sends as a list":                 {`[{Effect: Allow, Condition: {StringEquals: {"aws:VpceOrgPaths": o-a/}}}]`, Context{"aws:VpceOrgPaths": Several("o-a/", "o-b/")}, Unknown},
		"a list is there":                                {`[{Effect: Allow, Condition: {"Null": {"aws:VpceOrgPaths": false}}}]`, Context{"aws:VpceOrgPaths": Several("o-a/", "o-b/")}, Allowed},
		"some address of a subnet, all of it inside":     {`[{Effect: Allow, Condition: {IpAddress: {"aws:VpcSourceIp": 10.1.0.0/16}}}]`, subnet, Allowed},
		"some address of a subnet, in its two halves":    {`[{Effect: Allow, Condition: {IpAddress: {"aws:VpcSourceIp": [10.1.1.0/25, 10.1.1.128/25]}}}]`, subnet, Allowed},
		"some address of a subnet, one of them inside":   {`[{Effect: Allow, Condition: {IpAddress: {"aws:VpcSourceIp": 10.1.1.10}}}]`, subnet, Unknown},
		"some address of a subnet, all of it outside":    {`[{Effect: Allow, Condition: {NotIpAddress: {"aws:VpcSourceIp": 10.1.2.0/24}}}]`, subnet, Allowed},
		"some address of a subnet, compared as text":     {`[{Effect: Allow, Condition: {StringEquals: {"aws:VpcSourceIp": 10.1.1.10}}}]`, subnet, Unknown},
		"a value that should be an address":              {`[{Effect: Allow, Condition: {NotIpAddress: {"aws:VpcSourceIp": 10.1.2.0/24}}}]`, Context{"aws:VpcSourceIp": Is("here")}, Unknown},
		"some address of a subnet, in one of its halves": {`[{Effect: Allow, Condition: {IpAddress: {"aws:VpcSourceIp": 10.1.1.0/25}}}]`, subnet, Unknown},
		"a list of addresses":                            {`[{Effect: Allow, Condition: {NotIpAddress: {"aws:VpcSourceIp": 10.1.2.0/24}}}]`, Context{"aws:VpcSourceIp": Several("10.1.1.1", "10.1.1.2")}, Unknown},
		"an IPv4 address in the form of 6":               {`[{Effect: Allow, Condition: {IpAddress: {"aws:VpcSourceIp": 10.1.1.0/24}}}]`, Context{"aws:VpcSourceIp": Is("::ffff:10.1.1.1")}, Allowed},
		"an unknown variable before a known one":         {`[{Effect: Allow, Condition: {StringLike: {"aws:SourceVpce": "${aws:SourceVpc}*${aws:SourceVpce}"}}}]`, vpce, Unknown},
		"a backslash beside a variable is no escape":     {`[{Effect: Allow, Condition: {StringLike: {"aws:SourceVpce": '\*${aws:UserAgent}'}}}]`, Context{"aws:SourceVpce": Is(`\ab`), "aws:UserAgent": Is("b")}, Allowed},
		"a policy that nobody told":                      {`unknown`, vpce, Unknown},
		"a policy that is full":                          {`full`, nil, Allowed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Evaluate(parse(t, tt.policy), get(tt.context)); got.Verdict != tt.want {
				t.Errorf("%s with %v is %v, want %v: %s", tt.policy, tt.context, got.Verdict, tt.want, got.Because().In(reason.English))
			}
		})
	}
}

func TestEvaluateRequest(t *testing.T) {
	named := get(nil)
	unnamed := get(nil)
	unnamed.Action = "ssm:"
	noAction := get(nil)
	noAction.Action = ""
	noResource := get(nil)
	noResource.Resource = ""
	accountOnly := get(nil)
	accountOnly.Principal.ARN = ""
	nobody := get(nil)
	nobody.Principal = Principal{}
	session := get(nil)
	session.Principal.ARN = "arn:aws:sts::main:assumed-role/app/i-1"
	user := get(nil)
	user.Principal.ARN = "arn:aws:iam::main:user/bob"
	tests := map[string]struct {
		policy  string
		request Request
		want    Verdict
	}{
		"nothing written matches everything":                    {`[{Effect: Allow}]`, named, Allowed},
		"an unnamed action, its service":                        {`[{Effect: Allow, Action: "ssm:*"}]`, unnamed, Allowed},
		"an unnamed action, everything":                         {`[{Effect: Allow, Action: "*"}]`, unnamed, Allowed},
		"an unnamed action is none with a name":                 {`[{Effect: Allow, Action: "ssm:Get*"}]`, unnamed, Denied},
		"an unnamed action, another service":                    {`[{Effect: Allow, Action: "s3:*"}]`, unnamed, Denied},
		"an unknown action, every action":                       {`[{Effect: Allow, Action: "*"}]`, noAction, Allowed},
		"an unknown action, some actions":                       {`[{Effect: Allow, Action: "s3:*"}]`, noAction, Unknown},
		"an unknown action, denied":                             {`[{Effect: Deny, Action: "s3:*"}, {Effect: Allow}]`, noAction, Unknown},
		"an unknown action, all but some":                       {`[{Effect: Deny, NotAction: "s3:*"}, {Effect: Allow}]`, noAction, Unknown},
		"an unknown resource, every resource":                   {`[{Effect: Allow, Resource: "*"}]`, noResource, Allowed},
		"an unknown resource, some resources":                   {`[{Effect: Allow, Resource: "arn:aws:s3:::data/*"}]`, noResource, Unknown},
		"an unknown resource, all but some":                     {`[{Effect: Deny, NotResource: "arn:aws:s3:::data/*"}, {Effect: Allow}]`, noResource, Unknown},
		"some identity of the account, the account":             {`[{Effect: Allow, Principal: main}]`, accountOnly, Allowed},
		"some identity of the account, one of its roles":        {`[{Effect: Allow, Principal: {AWS: "arn:aws:iam::main:role/app"}}]`, accountOnly, Unknown},
		"some identity of the account, a role of another":       {`[{Effect: Allow, Principal: {AWS: "arn:aws:iam::partner:role/app"}}]`, accountOnly, Denied},
		"some identity of the account, all but the account":     {`[{Effect: Deny, NotPrincipal: main}, {Effect: Allow}]`, accountOnly, Unknown},
		"some identity of the account, all but another account": {`[{Effect: Deny, NotPrincipal: partner}, {Effect: Allow}]`, accountOnly, Denied},
		"nobody knows who":                                      {`[{Effect: Allow, Principal: main}]`, nobody, Unknown},
		"nobody knows who, a role":                              {`[{Effect: Allow, Principal: "arn:aws:iam::main:role/app"}]`, nobody, Unknown},
		"nobody knows who, a service":                           {`[{Effect: Deny, Principal: {Service: sns.amazonaws.com}}, {Effect: Allow}]`, nobody, Unknown},
		"nobody knows who, everyone":                            {`[{Effect: Allow, Principal: "*"}]`, nobody, Allowed},
		"an Allow for all but the caller's account":             {`[{Effect: Allow, NotPrincipal: main}]`, named, Unknown},
		"an Allow for all but another account":                  {`[{Effect: Allow, NotPrincipal: partner}]`, named, Allowed},
		"an Allow for all but the role that calls":              {`[{Effect: Allow, NotPrincipal: "arn:aws:iam::main:role/app"}]`, named, Denied},
		"a Deny for all but the caller's account":               {`[{Effect: Deny, NotPrincipal: main}, {Effect: Allow}]`, named, Denied},
		"all but the role that calls":                           {`[{Effect: Deny, NotPrincipal: ["arn:aws:iam::main:role/app"]}, {Effect: Allow}]`, named, Allowed},
		"a role with a path is found by a session's name":       {`[{Effect: Allow, Principal: "arn:aws:iam::main:role/team/app"}]`, session, Allowed},
		"a role with a path is not the one without":             {`[{Effect: Allow, Principal: "arn:aws:iam::main:role/team/app"}]`, named, Denied},
		"a role of the same name in another partition":          {`[{Effect: Allow, Principal: "arn:aws-cn:iam::main:role/app"}]`, named, Denied},
		"a role in another case can be no other role":           {`[{Effect: Allow, Principal: "arn:aws:iam::main:role/App"}]`, named, Unknown},
		"a role in another case, to a session":                  {`[{Effect: Deny, Principal: "arn:aws:iam::main:role/App"}, {Effect: Allow}]`, session, Unknown},
		"a user in another case":                                {`[{Effect: Allow, Principal: "arn:aws:iam::main:user/Bob"}]`, user, Denied},
		"a canonical user id may be anyone's":                   {`[{Effect: Allow, Principal: {CanonicalUser: 79a59df9}}]`, named, Unknown},
		"a role may be taken by an identity provider":           {`[{Effect: Allow, Principal: {Federated: accounts.google.com}}]`, named, Unknown},
		"a role may be taken by an identity provider, denied":   {`[{Effect: Deny, Principal: {Federated: accounts.google.com}}, {Effect: Allow}]`, session, Unknown},
		"a role may be taken by none of these providers":        {`[{Effect: Deny, NotPrincipal: {Federated: accounts.google.com}}, {Effect: Allow}]`, named, Unknown},
		"some identity of the account may be of a provider":     {`[{Effect: Deny, Principal: {Federated: accounts.google.com}}, {Effect: Allow}]`, accountOnly, Unknown},
		"a user comes by no identity provider":                  {`[{Effect: Deny, Principal: {Federated: accounts.google.com}}, {Effect: Allow}]`, user, Allowed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Evaluate(parse(t, tt.policy), tt.request); got.Verdict != tt.want {
				t.Errorf("%s for %+v is %v, want %v: %s", tt.policy, tt.request, got.Verdict, tt.want, got.Because().In(reason.English))
			}
		})
	}
}

// TestNames: a policy may use names or ids, whatever the request uses.
func TestNames(t *testing.T) {
	ids := map[string]string{"main": "111111111111", "partner": "222222222222", "app/s3": "vpce-0a1b", "app": "vpc-0a1b"}
	names := func(_ Sort, name string) string {
		if id, ok := ids[name]; ok {
			return id
		}
		return name
	}
	q := Request{
		Action: "s3:GetObject", Resource: "arn:aws:sqs:eu-west-1:111111111111:q1",
		Principal: Principal{Account: "111111111111", ARN: "arn:aws:iam::111111111111:role/app"},
		Context: Context{
			"aws:SourceVpce": Is("vpce-0a1b"), "aws:SourceVpc": Is("vpc-0a1b"), "aws:PrincipalAccount": Is("111111111111"),
			"aws:PrincipalArn": Is("arn:aws:iam::111111111111:role/app"), "aws:UserAgent": Is("main"),
		},
		Names: names,
	}
	tests := map[string]struct {
		statement string
		want      Verdict
	}{
		"an account by name":                    {`Principal: main`, Allowed},
		"an account by id":                      {`Principal: "111111111111"`, Allowed},
		"another account":                       {`Principal: partner`, Denied},
		"a role of an account by name":          {`Principal: {AWS: "arn:aws:iam::main:role/app"}`, Allowed},
		"the root of an account by name":        {`Principal: {AWS: "arn:aws:iam::main:root"}`, Allowed},
		"a role of another account":             {`Principal: {AWS: "arn:aws:iam::partner:role/app"}`, Denied},
		"an endpoint by name":                   {`Condition: {StringEquals: {"aws:SourceVpce": app/s3}}`, Allowed},
		"an endpoint by id":                     {`Condition: {StringEquals: {"aws:SourceVpce": vpce-0a1b}}`, Allowed},
		"a VPC by name, the key in small":       {`Condition: {StringEquals: {"aws:sourcevpc": app}}`, Allowed},
		"an account as a value":                 {`Condition: {StringEquals: {"aws:PrincipalAccount": [partner, main]}}`, Allowed},
		"an account in an ARN as a value":       {`Condition: {ArnLike: {"aws:PrincipalArn": "arn:aws:iam::main:role/*"}}`, Allowed},
		"an account in a resource":              {`Resource: "arn:aws:sqs:*:main:q?"`, Allowed},
		"another account in a resource":         {`Resource: "arn:aws:sqs:*:partner:q?"`, Denied},
		"the values of other keys are no names": {`Condition: {StringEquals: {"aws:UserAgent": main}}`, Allowed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Evaluate(parse(t, "[{Effect: Allow, "+tt.statement+"}]"), q); got.Verdict != tt.want {
				t.Errorf("%s is %v, want %v: %s", tt.statement, got.Verdict, tt.want, got.Because().In(reason.English))
			}
		})
	}
}

func TestResource(t *testing.T) {
	anonymous, service, nobody := get(nil), get(nil), get(nil)
	anonymous.Principal = Principal{Anonymous: true}
	service.Principal = Principal{Service: "logging.s3.amazonaws.com"}
	nobody.Principal = Principal{}
	const (
		puts    = `[{Effect: Allow, Principal: "*", Action: "s3:Put*"}]`
		gets    = `[{Effect: Allow, Principal: "*", Action: "s3:Get*"}]`
		denies  = `[{Effect: Deny, Principal: "*"}]`
		unclear = `[{Effect: Deny, Principal: "*", Condition: {Bool: {"aws:MultiFactorAuthPresent": false}}}]`
	)
	type result struct {
		Verdict Verdict
		Basis   Basis
	}
	tests := map[string]struct {
		policy  string // empty: none
		owner   string
		request Request
		want    result
	}{
		"own, no policy":                    {"", "main", get(nil), result{Allowed, OwnAccount}},
		"own, nothing about the request":    {puts, "main", get(nil), result{Allowed, OwnAccount}},
		"own, denied":                       {denies, "main", get(nil), result{Denied, ByStatement}},
		"own, perhaps denied":               {unclear, "main", get(nil), result{Unknown, ByStatement}},
		"own, unknown policy":               {"unknown", "main", get(nil), result{Unknown, WholePolicy}},
		"foreign, no policy":                {"", "partner", get(nil), result{Denied, Stranger}},
		"foreign, nothing about it":         {puts, "partner", get(nil), result{Denied, NoAllow}},
		"foreign, allowed":                  {gets, "partner", get(nil), result{Allowed, ByStatement}},
		"foreign, denied":                   {denies, "partner", get(nil), result{Denied, ByStatement}},
		"anonymous needs an Allow":          {puts, "main", anonymous, result{Denied, NoAllow}},
		"anonymous is allowed":              {gets, "main", anonymous, result{Allowed, ByStatement}},
		"a service needs an Allow":          {"", "main", service, result{Denied, Stranger}},
		"nobody knows who, no policy":       {"", "main", nobody, result{Unknown, Stranger}},
		"nobody knows who, allowed":         {gets, "main", nobody, result{Allowed, ByStatement}},
		"nobody knows who, denied":          {denies, "main", nobody, result{Denied, ByStatement}},
		"nobody knows whose, nothing of it": {puts, "", get(nil), result{Unknown, Stranger}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var p policy.Policy
			if tt.policy != "" {
				p = parse(t, tt.policy)
			}
			r := Resource(p, tt.owner, tt.request)
			if diff := cmp.Diff(tt.want, result{r.Verdict, r.Basis}); diff != "" {
				t.Errorf("%s of %q for %v (-want +got):\n%s", tt.policy, tt.owner, tt.request.Principal, diff)
			}
		})
	}
}
