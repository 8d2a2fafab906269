package routetest

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// urls are the requests of the topologies; REGION stands for one.
var urls = []string{
	"https://reports.s3.REGION.amazonaws.com/a.csv", "https://s3.REGION.amazonaws.com/reports/a.csv", "https://s3.REGION.amazonaws.com/",
	"https://ssm.REGION.amazonaws.com/", "https://other.s3.REGION.amazonaws.com/", "https://reports.s3.dualstack.REGION.amazonaws.com/a",
	"https://reports.s3.amazonaws.com/a.csv", "https://reports.s3-fips.us-east-1.amazonaws.com/a", "https://ssm.REGION.api.aws/",
	"https://api.ecr.REGION.amazonaws.com/", "https://111111111111.dkr.ecr.REGION.amazonaws.com/v2/", "https://kms.REGION.amazonaws.com/",
	"https://x1.execute-api.REGION.amazonaws.com/prod", "https://iam.amazonaws.com/", "https://sts.amazonaws.com/", "https://sts.REGION.amazonaws.com/",
	"https://dynamodb.REGION.amazonaws.com/", "https://streams.dynamodb.REGION.amazonaws.com/", "https://monitoring.REGION.amazonaws.com/",
	"https://www.example.com/", "http://www.example.com/", "http://ssm.REGION.amazonaws.com/", "https://SSM.REGION.amazonaws.com./",
	"https://strange.amazonaws.com/", "https://vpce-a-e0.ssm.REGION.vpce.amazonaws.com/", "https://reports.vpce-a-e0.s3.REGION.vpce.amazonaws.com/a",
	"https://10.1.0.10/", "https://52.219.0.1/", "http://169.254.169.254/latest/meta-data/", "https://[2600:1f14::1]/", "https://ssm.cn-north-1.amazonaws.com.cn/",
	"https://s3express-control.REGION.amazonaws.com/", "https://logs.REGION.amazonaws.com:8443/",
}

// Request makes a request that a client may send in any topology.
func Request(draw Draw) topology.Request {
	g := &gen{draw: draw}
	text := pick(g, "url", urls...)
	if g.chance(2, "plain url") {
		text = pick(g, "plain url", urls[:5]...)
	}
	u, ok := topology.ParseURL(strings.ReplaceAll(text, "REGION", pick(g, "url's region", regions...)))
	if !ok {
		panic("routetest: " + text + " is no URL")
	}
	q := topology.Request{URL: u}
	if g.chance(4, "principal") {
		q.Principal = told(topology.Principal{Account: pick(g, "principal's account", "main", "sister", "stranger"), Role: pick(g, "role", "", "app")})
	}
	if g.chance(4, "action") {
		q.Action = told(pick(g, "action", "s3:GetObject", "s3:PutObject", "ssm:GetParameter"))
	}
	if g.chance(6, "idle") {
		q.Idle = told(pick(g, "idle", 100, 400, 7000))
	}
	if g.chance(8, "service") {
		q.Service = told(pick(g, "request's service", "ssm", "s3"))
		q.Region = told(regions[0])
	}
	return q
}

func told[V any](v V) topology.Setting[V] { return topology.Setting[V]{V: v, State: topology.Written} }
