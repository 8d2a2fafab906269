package seen_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/engine/iampolicy"
	"github.com/deguchi-project/deguchi/internal/engine/route/seen"
	"github.com/deguchi-project/deguchi/internal/engine/route/target"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

const file = `version: 1
accounts:
  partner: {id: "222222222222", org: o-1}
vpcs:
  app:
    region: ap-northeast-1
    account: partner
    cidr: 10.1.0.0/16
    subnets: {a: {cidr: 10.1.0.0/24}}
    endpoints:
      s3: {gateway: s3, subnets: [a]}
`

func arrival(t *testing.T, url string) (seen.Arrival, *topology.Topology) {
	t.Helper()
	topo, problems := topology.Parse("t.yaml", []byte(file), topology.Options{})
	if topo == nil {
		t.Fatal(problems)
	}
	u, ok := topology.ParseURL(url)
	if !ok {
		t.Fatalf("%q is no URL", url)
	}
	asked := target.Of(topology.Request{URL: u})
	return seen.Arrival{
		Asked: &asked, Caller: seen.Caller{Account: topo.Account("partner")}, Owner: topo.Account(topology.Main),
		Private: netip.MustParsePrefix("10.1.0.7/32"), Public: iampolicy.Is("203.0.113.7"),
	}, topo
}

// shown are the keys of a that are neither absent nor the same everywhere.
func shown(a seen.Arrival) (lines []string) {
	for _, k := range a.Keys() {
		if v := seen.Shown(k.Value); v != "absent" && v != "false" {
			lines = append(lines, k.Name+"="+v)
		}
	}
	return lines
}

func TestKeys(t *testing.T) {
	a, topo := arrival(t, "https://b.s3.ap-northeast-1.amazonaws.com/k")
	common := []string{
		"aws:PrincipalAccount=partner", "aws:PrincipalArn=unknown", "aws:PrincipalOrgID=o-1", "aws:RequestedRegion=ap-northeast-1",
		"aws:ResourceAccount=main", "aws:SecureTransport=true",
	}
	if diff := cmp.Diff(append(slices.Clone(common), "aws:SourceIp=203.0.113.7"), shown(a)); diff != "" {
		t.Errorf("from the internet (-want +got):\n%s", diff)
	}
	a.Endpoint = topo.VPC("app").Endpoint("s3")
	want := append(slices.Clone(common), "aws:SourceVpc=app", "aws:SourceVpce=app/s3", "aws:VpcSourceIp=10.1.0.7", "aws:VpceAccount=partner", "aws:VpceOrgID=o-1")
	if diff := cmp.Diff(want, shown(a)); diff != "" {
		t.Errorf("through an endpoint (-want +got):\n%s", diff)
	}
	a.Caller.ARN, a.Owner = seen.Role("aws", "partner", "app"), nil
	if got := strings.Join(shown(a), " "); !strings.Contains(got, "aws:PrincipalArn=arn:aws:iam::partner:role/app") || !strings.Contains(got, "aws:ResourceAccount=partner") {
		t.Errorf("by a role, of its own account's: %s", got)
	}
	if keys := a.Keys(); !slices.IsSortedFunc(keys[:], func(a, b seen.Key) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("the keys are not sorted")
	}
}

// TestKeysOfAnonymous: who signs nothing is of no account and no organization.
func TestKeysOfAnonymous(t *testing.T) {
	a, topo := arrival(t, "https://b.s3.ap-northeast-1.amazonaws.com/k")
	a.Caller.Anonymous = true
	want := []string{
		"aws:PrincipalAccount=anonymous", "aws:RequestedRegion=ap-northeast-1", "aws:ResourceAccount=main", "aws:SecureTransport=true", "aws:SourceIp=203.0.113.7",
	}
	if diff := cmp.Diff(want, shown(a)); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	q := a.Question(seen.AccountsOf(topo))
	if !q.Principal.Anonymous || q.Principal.Account != "" {
		t.Errorf("Question is of %+v, want nobody's", q.Principal)
	}
}

// TestQuestionOfPartition: ARNs of China and of GovCloud begin otherwise.
func TestQuestionOfPartition(t *testing.T) {
	for url, want := range map[string]string{
		"https://b.s3.cn-north-1.amazonaws.com.cn/k":    "arn:aws-cn:s3:::b/k",
		"https://b.s3.us-gov-west-1.amazonaws.com/":     "arn:aws-us-gov:s3:::b",
		"https://s3.cn-northwest-1.amazonaws.com.cn/":   "arn:aws-cn:s3:::*",
		"https://b.s3.ap-northeast-1.amazonaws.com/k/l": "arn:aws:s3:::b/k/l",
	} {
		a, topo := arrival(t, url)
		if got := a.Question(seen.AccountsOf(topo)).Resource; got != want {
			t.Errorf("%s is about %s, want %s", url, got, want)
		}
	}
}

func TestIDs(t *testing.T) {
	_, topo := arrival(t, "https://b.s3.ap-northeast-1.amazonaws.com/k")
	for _, tt := range []struct {
		sort       iampolicy.Sort
		name, want string
	}{
		{iampolicy.AccountName, "partner", "222222222222"},
		{iampolicy.AccountName, "333333333333", "333333333333"},
		{iampolicy.AccountName, topology.Main, ""},
		{iampolicy.AccountName, "nobody", ""},
		{iampolicy.OrganizationName, "o-1", "o-1"},
		{iampolicy.VPCName, "app", ""},
		{iampolicy.EndpointName, "app/s3", ""},
	} {
		if got, ok := seen.AccountsOf(topo).IDs(tt.sort, tt.name); got != tt.want || ok != (tt.want != "") {
			t.Errorf("the id of %v %q is %q, %v; want %q", tt.sort, tt.name, got, ok, tt.want)
		}
	}
}

func TestQuestion(t *testing.T) {
	a, topo := arrival(t, "https://s3.ap-northeast-1.amazonaws.com/b/k")
	q := a.Question(seen.AccountsOf(topo))
	if q.Action != "s3:GetObject" || q.Resource != "arn:aws:s3:::b/k" || q.Principal.Account != "partner" || q.Context != nil {
		t.Errorf("Question = %+v", q)
	}
	if got := q.Names(iampolicy.AccountName, "222222222222"); got != "partner" {
		t.Errorf("the account 222222222222 is called %q, want partner", got)
	}
	for _, tt := range []struct {
		sort iampolicy.Sort
		name string
	}{{iampolicy.AccountName, "333333333333"}, {iampolicy.VPCName, "222222222222"}} {
		if got := q.Names(tt.sort, tt.name); got != tt.name {
			t.Errorf("Names(%v, %q) = %q", tt.sort, tt.name, got)
		}
	}
}
