package access

import (
	"net/netip"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/model/config"
)

// day is the moment at which the tests' requests are made.
var day = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

var (
	port443 = []config.PortRange{{First: 443, Last: 443}}
	anyPort = []config.PortRange{{First: 1, Last: 65535}}
)

// file is a configuration of rules for the client office, 10.20.0.0/16.
func file(rules ...config.Rule) *config.Config {
	return &config.Config{
		Clients: []config.Client{{Name: "office", From: nets("10.20.0.0/16")}},
		Rules:   rules,
		Private: config.Private{AWSNames: true},
	}
}

func allow(name string, m config.Match) config.Rule { return config.Rule{Name: name, Match: m} }

func deny(name string, m config.Match) config.Rule {
	return config.Rule{Name: name, Match: m, Deny: true}
}

func nets(texts ...string) []netip.Prefix {
	var ps []netip.Prefix
	for _, t := range texts {
		ps = append(ps, netip.MustParsePrefix(t))
	}
	return ps
}

// to is a CONNECT from the office to a name on port 443.
func to(n awsname.Name) *Request {
	return &Request{
		Client: netip.MustParseAddr("10.20.1.5"),
		Host:   netset.Host{Name: n.Host},
		Name:   n,
		Port:   443,
		Now:    day,
	}
}

// toAddr is to for an IP literal.
func toAddr(addr string) *Request {
	q := to(awsname.Name{})
	q.Host = netset.Host{Addr: netip.MustParseAddr(addr)}
	return q
}

// with returns q after change.
func with(q *Request, change func(*Request)) *Request {
	change(q)
	return q
}

// Names as awsdata would classify them.
var (
	ssm       = aws("ssm.ap-northeast-1.amazonaws.com", awsname.API, "ssm", "ap-northeast-1")
	iam       = aws("iam.amazonaws.com", awsname.API, "iam", "")
	pathStyle = aws("s3.ap-northeast-1.amazonaws.com", awsname.API, "s3", "ap-northeast-1")
	reports   = bucket("corp-reports")
	stranger  = bucket("evil-drop")
	alias     = bucket("my-ap-abcdefghij1234567890abcdefghijuse1a-s3alias")
	elb       = owned(aws("web-1234567890.ap-northeast-1.elb.amazonaws.com", awsname.CustomerContent, "elb", "ap-northeast-1"), awsname.Anyone)
	unknown   = awsname.Name{Host: "x.us-east-1.on.aws", Kind: awsname.Unknown, Partition: "aws", Region: "us-east-1"}
	outside   = awsname.Name{Host: "www.example.com", Kind: awsname.NotAWS}
	registry  = account(aws("123456789012.dkr.ecr.ap-northeast-1.amazonaws.com", awsname.Resource, "ecr", "ap-northeast-1"), "123456789012")
	point     = account(aws("ap-123456789012.s3-accesspoint.ap-northeast-1.amazonaws.com", awsname.Resource, "s3", "ap-northeast-1"), "123456789012")
	pathVPCE  = aws("bucket.vpce-0e25-argc.s3.ap-northeast-1.vpce.amazonaws.com", awsname.VPCE, "s3", "ap-northeast-1")
)

func aws(host string, kind awsname.Kind, service, region string) awsname.Name {
	return awsname.Name{Host: host, Kind: kind, Owner: awsname.AWS, Partition: "aws", Service: service, Region: region}
}

func owned(n awsname.Name, o awsname.Owner) awsname.Name { n.Owner = o; return n }

func account(n awsname.Name, id string) awsname.Name {
	n.Owner, n.Parts.Account = awsname.Anyone, id
	return n
}

func bucket(name string) awsname.Name {
	n := aws(name+".s3.ap-northeast-1.amazonaws.com", awsname.Resource, "s3", "ap-northeast-1")
	n.Owner, n.Parts.Bucket = awsname.Anyone, name
	return n
}
