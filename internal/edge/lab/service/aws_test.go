package service

import (
	"bytes"
	"crypto/sha256"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
)

// cloud is a topology with a reason for every verdict.
const cloud = `version: 1
accounts:
  partner: {id: "222222222222"}
vpcs:
  app:
    region: ap-northeast-1
    cidr: 127.0.0.0/16
    subnets:
      private: {cidr: 127.0.0.0/24}
    endpoints:
      gate:
        gateway: s3
        subnets: [private]
        policy:
          - {Effect: Allow, Principal: "*", Action: "s3:*", Resource: ["arn:aws:s3:::open", "arn:aws:s3:::open/*", "arn:aws:s3:::osaka*", "arn:aws:s3:::mine*", "arn:aws:s3:::guarded*", "arn:aws:s3:::foreign*"]}
          - {Sid: NoDelete, Effect: Deny, Principal: "*", Action: "s3:DeleteObject"}
      riddle: {gateway: dynamodb, subnets: [private], policy: unknown}
      sts: {interface: sts, subnets: [private], policy: [{Effect: Allow, Principal: {AWS: "arn:aws:iam::main:role/app"}, Action: "*"}]}
buckets:
  open: {region: ap-northeast-1}
  osaka: {region: ap-northeast-3}
  mine:
    region: ap-northeast-1
    policy: [{Sid: OnlyGate, Effect: Deny, Principal: "*", Action: "s3:*", Condition: {StringNotEquals: {aws:SourceVpce: app/gate}}}]
  guarded:
    region: ap-northeast-1
    policy: [{Sid: OnlyHere, Effect: Deny, Principal: "*", Action: "s3:*", Condition: {NotIpAddress: {aws:SourceIp: 203.0.113.0/24}}}]
  foreign: {region: ap-northeast-1, account: partner}
  members: {region: ap-northeast-1, policy: [{Effect: Allow, Principal: "*", Action: "s3:*", Condition: {StringEquals: {aws:PrincipalAccount: main}}}]}
clients:
  ec2: {at: app/private}
tests:
  - name: an object that a test asks for
    client: ec2
    request: {url: "https://open.s3.ap-northeast-1.amazonaws.com/reports/a.csv"}
    expect: {verdict: reached, path: [client:ec2], endpoint: app/gate, dns: {by: client, answer: public}}
    because: It is there.
`

// sky is an AWS with two ways in: the endpoints of the topology and the internet.
type sky struct {
	*AWS
	requests ledger[Record]
	ca       string
	ways     map[string]net.Addr
}

func newSky(t testing.TB, o AWSOptions) *sky {
	t.Helper()
	s := &sky{ways: map[string]net.Addr{}}
	o.Topology, o.Dir, o.Record = parsed(t, cloud), t.TempDir(), s.requests.add
	var err error
	if s.AWS, err = NewAWS(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	s.ca = file(t, "ca.pem", s.CA())
	s.enter(t, "internet", Entry{})
	for _, e := range o.Topology.VPC("app").Endpoints {
		s.enter(t, e.Name, Entry{Endpoint: e})
	}
	return s
}

func (s *sky) enter(t testing.TB, name string, e Entry) {
	ln := listen(t)
	s.ways[name] = ln.Addr()
	s.Serve(ln, e)
}

// environ is of a client whose every connection comes in by way.
func (s *sky) environ(t testing.TB, way string, id Identity) []string {
	proxy := tunnels(t, func(string) string { return s.ways[way].String() })
	return append(s.Issue(id).Environ(), "HTTPS_PROXY="+proxy, "AWS_CA_BUNDLE="+s.ca, "AWS_EC2_METADATA_DISABLED=true")
}

// TestJudged has the real CLI ask, and compares what it prints and what was
// recorded of its last request.
func TestJudged(t *testing.T) {
	t.Parallel()
	app, other, stranger := Identity{Account: "main", Role: "app"}, Identity{Account: "main", Role: "other"}, Identity{Account: "partner", Role: "app"}
	for _, tt := range []struct {
		why, way string
		who      Identity
		command  string
		code     int
		text     string // a regular expression
		action   string
		verdict  route.Verdict
		because  string
	}{
		{"nothing denies", "gate", app, "s3 ls s3://open", 0, `PRE reports/`, "s3:ListBucket", route.Reached, ""},
		{"an object of the tests", "gate", app, "s3 cp s3://open/reports/a.csv -", 0, `This is reports/a.csv of the lab`, "s3:GetObject", route.Reached, ""},
		{"the endpoint's policy names no such bucket", "gate", app, "s3api list-objects-v2 --bucket closed", 254,
			`AccessDenied.*User: arn:aws:sts::123456789012:assumed-role/app/lab is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::closed" because no VPC endpoint policy allows the s3:ListBucket action`,
			"s3:ListBucket", route.DeniedByEndpointPolicy, `nearest, 1 \(lab.yaml:`},
		{"the endpoint's policy denies", "gate", app, "s3api delete-object --bucket open --key x", 254,
			`s3:DeleteObject on resource: "arn:aws:s3:::open/x" with an explicit deny in a VPC endpoint policy`, "s3:DeleteObject", route.DeniedByEndpointPolicy, `"NoDelete"`},
		{"the bucket wants its endpoint", "internet", app, "s3api list-objects-v2 --bucket mine", 254,
			`with an explicit deny in a resource-based policy`, "s3:ListBucket", route.DeniedByResourcePolicy, `"OnlyGate" \(lab.yaml:`},
		{"and lets it in", "gate", app, "s3api list-objects-v2 --bucket mine", 0, ``, "s3:ListBucket", route.Reached, ""},
		{"the bucket wants another address", "internet", app, "s3api head-bucket --bucket guarded", 254, `\(403\).*HeadBucket.*Forbidden`, "s3:ListBucket", route.DeniedByResourcePolicy, `aws:SourceIp`},
		{"through an endpoint there is no public address", "gate", app, "s3api head-bucket --bucket guarded", 254, `403`, "s3:ListBucket", route.DeniedByResourcePolicy, `aws:SourceIp`},
		{"a stranger learns nothing more", "internet", app, "s3api list-objects-v2 --bucket foreign", 254, `\(AccessDenied\).*: Access Denied`, "s3:ListBucket", route.DeniedByResourcePolicy, ``},
		{"its own account comes in", "internet", stranger, "s3api list-objects-v2 --bucket foreign", 0, ``, "s3:ListBucket", route.Reached, ""},
		{"a role that the endpoint lets in", "sts", app, "sts get-caller-identity", 0, `"Arn": "arn:aws:sts::123456789012:assumed-role/app/lab"`, "sts:GetCallerIdentity", route.Reached, ""},
		{"another role", "sts", other, "sts get-caller-identity", 254, `AccessDenied.*assumed-role/other/lab is not authorized to perform: sts:GetCallerIdentity because no VPC endpoint policy allows`, "sts:GetCallerIdentity", route.DeniedByEndpointPolicy, `other`},
		{"the partner's role of that name", "sts", stranger, "sts get-caller-identity", 254, `arn:aws:sts::222222222222:assumed-role/app/lab is not authorized`, "sts:GetCallerIdentity", route.DeniedByEndpointPolicy, `partner`},
		{"a policy that nobody knows", "riddle", app, "dynamodb list-tables", 254, `AccessDeniedException.*the lab cannot tell`, "dynamodb:ListTables", route.Unknown, `app/riddle`},
	} {
		t.Run(tt.why, func(t *testing.T) {
			t.Parallel()
			s := newSky(t, AWSOptions{})
			r := program(t, s.environ(t, tt.way, tt.who), awsCLI, strings.Fields(tt.command)...)
			if r.code != tt.code || !regexp.MustCompile(tt.text).MatchString(r.out+r.err) {
				t.Errorf("aws %s: %v\nwant exit code %d and %q", tt.command, r, tt.code, tt.text)
			}
			all := s.requests.take()
			if len(all) == 0 {
				t.Fatal("nothing was recorded")
			}
			got := all[len(all)-1]
			if got.Asked.Action != tt.action || got.Verdict != tt.verdict || !regexp.MustCompile(tt.because).MatchString(got.Because.In(reason.English)) {
				t.Errorf("recorded: %s, %s, because %s\nwant %s, %s, because %q", got.Asked.Action, got.Verdict, got.Because.In(reason.English), tt.action, tt.verdict, tt.because)
			}
			if (got.Status < 300) != (tt.code == 0) {
				t.Errorf("recorded: status %d, while the client ended with %d", got.Status, r.code)
			}
			if got.Caller.Account != tt.who.Account || got.Caller.Role != tt.who.Role {
				t.Errorf("recorded: caller %+v, want %+v", got.Caller, tt.who)
			}
		})
	}
}

// TestRegions follows the real CLI to where a bucket is.
func TestRegions(t *testing.T) {
	t.Parallel()
	s := newSky(t, AWSOptions{})
	r := program(t, s.environ(t, "internet", Identity{Account: "main"}), awsCLI, "s3api", "list-objects-v2", "--bucket", "osaka")
	if r.code != 0 {
		t.Fatal(r)
	}
	all := s.requests.take()
	first, last := all[0], all[len(all)-1]
	if first.Host != "osaka.s3.ap-northeast-1.amazonaws.com" || first.Status != http.StatusMovedPermanently || first.Redirect != "osaka.s3.ap-northeast-3.amazonaws.com" {
		t.Errorf("first %+v", first)
	}
	if last.Host != first.Redirect || last.Status != http.StatusOK || last.Redirect != "" {
		t.Errorf("then %+v", last)
	}
	if !slices.Contains(last.Context, route.Key{Name: "aws:RequestedRegion", Value: "ap-northeast-3"}) {
		t.Errorf("then AWS saw %v", last.Context)
	}
}

// TestContext is what AWS sees of the ways in.
func TestContext(t *testing.T) {
	t.Parallel()
	s := newSky(t, AWSOptions{})
	s.enter(t, "translated", Entry{Source: func(netip.AddrPort) netip.Addr { return netip.MustParseAddr("203.0.113.9") }})
	for way, want := range map[string][]route.Key{
		"internet":   {{Name: "aws:SourceIp", Value: "127.0.0.1"}, {Name: "aws:SourceVpc", Value: "absent"}, {Name: "aws:SourceVpce", Value: "absent"}, {Name: "aws:VpcSourceIp", Value: "absent"}},
		"translated": {{Name: "aws:SourceIp", Value: "203.0.113.9"}, {Name: "aws:SourceVpc", Value: "absent"}, {Name: "aws:SourceVpce", Value: "absent"}, {Name: "aws:VpcSourceIp", Value: "absent"}},
		"gate":       {{Name: "aws:SourceIp", Value: "absent"}, {Name: "aws:SourceVpc", Value: "app"}, {Name: "aws:SourceVpce", Value: "app/gate"}, {Name: "aws:VpcSourceIp", Value: "127.0.0.1"}},
	} {
		env := s.environ(t, way, Identity{Account: "main", Role: "app"})
		if r := program(t, env, "curl", "-sS", "--cacert", s.ca, "https://open.s3.ap-northeast-1.amazonaws.com/reports/a.csv"); r.code != 0 {
			t.Fatal(r)
		}
		all := s.requests.take()
		if len(all) != 1 {
			t.Fatalf("%s: %d requests were recorded", way, len(all))
		}
		got := slices.DeleteFunc(all[0].Context, func(k route.Key) bool {
			return !strings.HasPrefix(k.Name, "aws:Source") && k.Name != "aws:VpcSourceIp"
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", way, diff)
		}
		if all[0].SNI != "open.s3.ap-northeast-1.amazonaws.com" || all[0].Asked.Object != "reports/a.csv" {
			t.Errorf("%s: %+v", way, all[0])
		}
	}
}

// TestUnsigned is of requests that nobody signed.
func TestUnsigned(t *testing.T) {
	t.Parallel()
	s := newSky(t, AWSOptions{Hosts: []string{"www.example.com"}})
	for _, tt := range []struct {
		why, way, url, want string
		verdict             route.Verdict
	}{
		{"the account's own need no Allow, and nobody is of it", "internet", "https://open.s3.ap-northeast-1.amazonaws.com/reports/a.csv", "<Message>Access Denied</Message>", route.DeniedByResourcePolicy},
		{"who is nobody is of no account", "internet", "https://members.s3.ap-northeast-1.amazonaws.com/a", "<Message>Access Denied</Message>", route.DeniedByResourcePolicy},
		{"services want to know who asks", "internet", "https://logs.ap-northeast-1.amazonaws.com/", "MissingAuthenticationTokenException", route.Reached},
		{"the internet does not", "internet", "https://www.example.com/", "This is www.example.com of the lab's internet.", route.Reached},
	} {
		r := program(t, s.environ(t, tt.way, Identity{Account: "main"}), "curl", "-sS", "--cacert", s.ca, tt.url)
		if r.code != 0 || !strings.Contains(r.out, tt.want) {
			t.Errorf("%s: %v, want %s", tt.why, r, tt.want)
		}
		if all := s.requests.take(); len(all) != 1 || all[0].Verdict != tt.verdict || all[0].KeyID != "" {
			t.Errorf("%s: recorded %+v, want %s", tt.why, all, tt.verdict)
		}
	}
	if r := program(t, s.environ(t, "internet", Identity{Account: "main"}), "curl", "-sS", "--cacert", s.ca, "https://other.example.com/"); r.code != 60 {
		t.Errorf("a name that the CA is not for: %v, want exit code 60", r)
	}
}

// TestSigned has curl sign as the CLI does.
func TestSigned(t *testing.T) {
	t.Parallel()
	s := newSky(t, AWSOptions{})
	c := s.Issue(Identity{Account: "main", Role: "app"})
	r := program(t, s.environ(t, "gate", Identity{}), "curl", "-sS", "--cacert", s.ca, "--aws-sigv4", "aws:amz:ap-northeast-1:s3", "--user", c.KeyID+":"+c.Secret,
		"-H", "x-amz-security-token: "+c.Token, "https://open.s3.ap-northeast-1.amazonaws.com/reports/a.csv")
	if r.code != 0 || !strings.Contains(r.out, "of the lab") {
		t.Error(r)
	}
}

// TestAssumedRole follows a role from AssumeRole to the policy that knows it.
func TestAssumedRole(t *testing.T) {
	t.Parallel()
	s := newSky(t, AWSOptions{})
	r := program(t, s.environ(t, "internet", Identity{Account: "partner", Role: "start"}), awsCLI, "sts", "assume-role",
		"--role-arn", "arn:aws:iam::123456789012:role/app", "--role-session-name", "me", "--query", "Credentials.[AccessKeyId,SecretAccessKey,SessionToken]", "--output", "text")
	keys := strings.Fields(r.out)
	if r.code != 0 || len(keys) != 3 {
		t.Fatal(r)
	}
	env := append(s.environ(t, "sts", Identity{}), Credential{KeyID: keys[0], Secret: keys[1], Token: keys[2]}.Environ()...)
	if r := program(t, env, awsCLI, "sts", "get-caller-identity"); !strings.Contains(r.out, "arn:aws:sts::123456789012:assumed-role/app/me") {
		t.Error(r)
	}
	if all := s.requests.take(); all[len(all)-1].Caller != (Identity{Account: "main", Role: "app", Session: "me"}) {
		t.Errorf("recorded: %+v", all[len(all)-1])
	}
}

// TestMultipart sends more than one part, and gets it back as it was.
func TestMultipart(t *testing.T) {
	t.Parallel()
	s := newSky(t, AWSOptions{})
	env := s.environ(t, "internet", Identity{Account: "main"})
	sent := bytes.Repeat([]byte("0123456789abcdef"), 1<<20)
	from, to := file(t, "sent", sent), filepath.Join(t.TempDir(), "got")
	for _, args := range [][]string{{"s3", "cp", from, "s3://open/big"}, {"s3", "cp", "s3://open/big", to}} {
		if r := program(t, env, awsCLI, append(args, "--no-progress")...); r.code != 0 {
			t.Fatal(r)
		}
	}
	got, err := os.ReadFile(to)
	if err != nil || sha256.Sum256(got) != sha256.Sum256(sent) {
		t.Errorf("got %d bytes, %v; sent %d", len(got), err, len(sent))
	}
	parts := 0
	for _, r := range s.requests.take() {
		if r.Asked.Action == "s3:PutObject" {
			parts++
		}
	}
	if parts < 4 { // it begins, two parts at least, it is complete
		t.Errorf("%d requests wrote 16 MiB", parts)
	}
}

// TestBackend has another server answer what no policy denies.
func TestBackend(t *testing.T) {
	t.Parallel()
	var hosts ledger[string]
	moto := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { hosts.add(r.Host); w.WriteHeader(http.StatusTeapot) }))
	defer moto.Close()
	to, err := url.Parse(moto.URL)
	if err != nil {
		t.Fatal(err)
	}
	s := newSky(t, AWSOptions{Backend: to})
	for bucket, want := range map[string]int{"open": http.StatusTeapot, "mine": http.StatusForbidden, "osaka": http.StatusMovedPermanently} {
		env := s.environ(t, "internet", Identity{Account: "main"})
		_ = program(t, env, "curl", "-sS", "--cacert", s.ca, "--aws-sigv4", "aws:amz:ap-northeast-1:s3", "--user", "AKIA:x", "https://"+bucket+".s3.ap-northeast-1.amazonaws.com/k")
		if all := s.requests.take(); len(all) != 1 || all[0].Status != want {
			t.Errorf("%s: %+v, want status %d", bucket, all, want)
		}
	}
	if got := hosts.take(); !slices.Equal(got, []string{"open.s3.ap-northeast-1.amazonaws.com"}) {
		t.Errorf("the backend was asked for %q", got)
	}
}
