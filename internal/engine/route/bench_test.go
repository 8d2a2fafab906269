package route_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/engine/route/routetest"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// The estate is a large one: 500 VPCs of two Regions on two transit gateways,
// each with a gateway endpoint and two clients, and in every tenth an exit with
// a NAT gateway, interface endpoints and a proxy; a data centre hangs on both.
const (
	estateVPCs = 500
	perExit    = 10
)

// destinations are the 60 URLs that each of the 1,000 clients asks for: 60,000
// routes.
func destinations() (all []topology.Request) {
	services := []string{"ssm", "sts", "kms", "logs", "monitoring", "sns", "sqs", "ecs", "secretsmanager", "events", "states", "lambda", "ec2messages"}
	for _, region := range []string{"ap-northeast-1", "ap-northeast-3"} {
		for _, s := range services {
			all = append(all, request("https://"+s+"."+region+".amazonaws.com/"))
		}
		for i := range 12 {
			all = append(all, request(fmt.Sprintf("https://bucket-%d.s3.%s.amazonaws.com/a/b.csv", i, region)))
		}
		all = append(all, request("https://api.ecr."+region+".amazonaws.com/"), request("https://111111111111.dkr.ecr."+region+".amazonaws.com/v2/"))
	}
	return append(all, request("https://www.example.com/"), request("https://iam.amazonaws.com/"),
		request("https://sts.amazonaws.com/"), request("https://s3.ap-northeast-1.amazonaws.com/bucket-1/x"),
		request("https://ssm.ap-northeast-1.api.aws/"), request("https://bucket-2.s3.us-east-1.amazonaws.com/"))
}

func request(text string) topology.Request {
	u, _ := topology.ParseURL(text)
	return topology.Request{URL: u}
}

// estate is the topology of the benchmarks.
func estate() routetest.Doc {
	vpcs, proxies, clients, members := routetest.Doc{}, routetest.Doc{}, routetest.Doc{}, [2][]any{{"dc"}, {"dc"}}
	for i := range estateVPCs {
		name, second := fmt.Sprintf("v%d", i), fmt.Sprintf("10.%d", i%250)
		if i >= 250 {
			second = fmt.Sprintf("100.%d", 64+(i-250)%60)
		}
		side := i / 250
		net := fmt.Sprintf("%s.%d.0/24", second, (i-250*side)/60*4)
		members[side] = append(members[side], name)
		exit := i / perExit * perExit
		tgw := fmt.Sprintf("tgw%d", side)
		vpcs[name] = estateVPC(i, net, tgw)
		proxy := fmt.Sprintf("p%d", exit)
		if i == exit {
			proxies[proxy] = routetest.Doc{"at": name + "/app", "port": 3128,
				"allow_domains": []any{".amazonaws.com", ".api.aws"}, "allow_sources": []any{"10.0.0.0/8", "100.64.0.0/10", "dc"}}
		}
		clients[fmt.Sprintf("c%d-direct", i)] = routetest.Doc{"at": name + "/app", "program": "boto3"}
		clients[fmt.Sprintf("c%d-proxy", i)] = routetest.Doc{"at": name + "/app", "proxy": proxy, "program": "go",
			"no_proxy": []any{"169.254.169.254", ".s3.ap-northeast-1.amazonaws.com", "ssm.ap-northeast-1.amazonaws.com", "10.0.0.0/8"}}
	}
	return routetest.Doc{
		"version": 1, "vpcs": vpcs, "proxies": proxies, "clients": clients,
		"sites": routetest.Doc{"dc": routetest.Doc{"cidr": "192.168.0.0/16", "dns": routetest.Doc{"forward": routetest.Doc{"amazonaws.com": "v0/inbound"}}}},
		"links": routetest.Doc{"tgw0": routetest.Doc{"tgw": members[0]}, "tgw1": routetest.Doc{"tgw": members[1]}},
		"buckets": routetest.Doc{
			"bucket-1": routetest.Doc{"region": "ap-northeast-1", "policy": []any{routetest.Doc{"Effect": "Deny", "Principal": "*", "Action": "s3:*",
				"Condition": routetest.Doc{"StringNotEquals": routetest.Doc{"aws:SourceVpc": []any{"v0", "v1", "v2"}}}}}},
			"bucket-2": routetest.Doc{"region": "ap-northeast-3"},
		},
	}
}

// estateVPC is the i-th VPC, with the addresses net.
func estateVPC(i int, net, tgw string) routetest.Doc {
	low, high := net[:len(net)-len("/24")]+"/25", net[:len(net)-len("0/24")]+"128/25"
	app := routetest.Doc{"cidr": low, "routes": routetest.Doc{"10.0.0.0/8": tgw, "100.64.0.0/10": tgw, "192.168.0.0/16": tgw},
		"nacl": routetest.Doc{"in": []any{"deny 10.99.0.0/16", "allow any"}}}
	vpc := routetest.Doc{"region": "ap-northeast-1", "cidr": net, "subnets": routetest.Doc{"app": app}}
	endpoints := routetest.Doc{"s3": routetest.Doc{"gateway": "s3", "subnets": []any{"app"},
		"policy": []any{routetest.Doc{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}}}}
	if i%perExit == 0 {
		vpc["igw"] = true
		app["routes"].(routetest.Doc)["internet"] = "nat:out"
		vpc["subnets"].(routetest.Doc)["out"] = routetest.Doc{"cidr": high, "nat": true, "routes": routetest.Doc{"internet": "igw"}}
		for _, service := range []string{"ssm", "sts", "kms", "logs", "ecr.api", "ecr.dkr"} {
			endpoints[service] = routetest.Doc{"interface": service, "subnets": []any{"app"}, "sg_from": []any{"10.0.0.0/8", "100.64.0.0/10"}}
		}
	}
	vpc["endpoints"] = endpoints
	return vpc
}

func parseEstate(b *testing.B) *topology.Topology {
	b.Helper()
	text := estate().Text()
	top, problems := topology.Parse("estate.yaml", text, routetest.Options)
	if len(problems) > 0 {
		b.Fatal(printed(problems[:1], text))
	}
	return top
}

// BenchmarkTrace is one route, in the estate.
func BenchmarkTrace(b *testing.B) {
	top := parseEstate(b)
	p := route.New(top, route.Options{})
	for _, bm := range []struct{ name, client, url string }{
		{"gateway endpoint", "c11-direct", "https://bucket-1.s3.ap-northeast-1.amazonaws.com/a"},
		{"interface endpoint", "c20-direct", "https://ssm.ap-northeast-1.amazonaws.com/"},
		{"proxy and NAT", "c12-proxy", "https://sns.ap-northeast-1.amazonaws.com/"},
		{"proxy and redirect", "c12-proxy", "https://bucket-2.s3.us-east-1.amazonaws.com/"},
		{"no route", "c13-direct", "https://www.example.com/"},
	} {
		b.Run(bm.name, func(b *testing.B) {
			c, q := top.Client(bm.client), request(bm.url)
			b.ReportAllocs()
			for b.Loop() {
				p.Trace(c, q)
			}
			t := p.Trace(c, q)
			b.Logf("%s %v", t.Verdict, t.Path())
		})
	}
}

// BenchmarkEstate is every client of the estate to every destination.
func BenchmarkEstate(b *testing.B) {
	top, all := parseEstate(b), destinations()
	b.ReportAllocs()
	routes, reached := 0, 0
	for b.Loop() {
		p := route.New(top, route.Options{})
		routes, reached = 0, 0
		for _, c := range top.Clients {
			for _, q := range all {
				routes++
				if p.Trace(c, q).Verdict == route.Reached {
					reached++
				}
			}
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(routes), "routes")
	b.ReportMetric(float64(reached), "reached")
	b.ReportMetric(float64(m.HeapSys)/1e6, "heap-MB")
	runtime.KeepAlive(top)
}

// BenchmarkEstateKept is the same for a caller who keeps every trace.
func BenchmarkEstateKept(b *testing.B) {
	top, all := parseEstate(b), destinations()
	var kept []route.Trace
	for b.Loop() {
		p := route.New(top, route.Options{})
		kept = kept[:0]
		for _, c := range top.Clients {
			for _, q := range all {
				kept = append(kept, p.Trace(c, q))
			}
		}
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc)/1e6, "live-MB")
	runtime.KeepAlive(kept)
}

// BenchmarkPlanner is what comes before the first route.
func BenchmarkPlanner(b *testing.B) {
	text := estate().Text()
	b.Run("parse", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			topology.Parse("estate.yaml", text, routetest.Options)
		}
	})
	top := parseEstate(b)
	b.Run("new", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			route.New(top, route.Options{})
		}
	})
}

// The estate is what the benchmarks say it is.
func TestEstate(t *testing.T) {
	text := estate().Text()
	top, problems := topology.Parse("estate.yaml", text, routetest.Options)
	if len(problems) > 0 {
		t.Fatal(printed(problems[:1], text))
	}
	if routes := len(top.Clients) * len(destinations()); len(top.VPCs) != 500 || routes != 60_000 {
		t.Errorf("%d VPCs, %d routes, want 500 and 60000", len(top.VPCs), routes)
	}
}
