package kit

import (
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/netset"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/kitfile"
)

type prefix = netip.Prefix

// instanceNeeds are the services that an instance calls for itself: Session
// Manager and its configuration (ssm, ssmmessages), its log (logs), and the end
// of its drain (autoscaling). Its program and its packages come from S3.
var instanceNeeds = []string{"autoscaling", "logs", "ssm", "ssmmessages"}

// endpoints settles which endpoints stand beside the proxies. With a way out to
// the internet none does unless it is asked for: it would take requests that
// are meant for the exit, and its policy would judge them.
func (p *Plan) endpoints() (problems []diag.Problem) {
	k := p.Kit
	present := func(service string) bool {
		return slices.ContainsFunc(k.Endpoints.Present, func(t kitfile.Text) bool { return t.V == service })
	}
	var wanted []string
	if k.Exit == kitfile.Closed {
		p.Gateways = []string{"s3"}
		for _, s := range instanceNeeds {
			if !present(s) {
				p.Own = append(p.Own, s)
			}
		}
		wanted, problems = p.ruled()
	}
	for _, t := range k.Endpoints.Add {
		wanted = append(wanted, t.V)
	}
	slices.Sort(wanted)
	for _, s := range slices.Compact(wanted) {
		switch {
		case s == "dynamodb" && k.Exit == kitfile.Closed:
			p.Gateways = []string{"dynamodb", "s3"}
		case present(s) || slices.Contains(p.Own, s) || s == "s3" && k.Exit == kitfile.Closed:
		default:
			p.Others = append(p.Others, s)
		}
	}
	return problems
}

// ruled returns the services of endpoints that the rules need, and what they
// need that no endpoint leads to.
func (p *Plan) ruled() (services []string, problems []diag.Problem) {
	for _, r := range p.Config.Rules {
		if r.Deny {
			continue
		}
		if job, ok := awsdata.JobNamed(r.Match.Job); ok {
			services = append(services, ends(job.Endpoints)...)
			services = append(services, ends(job.Gateways)...)
		}
		for _, v := range r.Match.Values {
			if v.Key != "services" {
				continue
			}
			found := endpointsOf(v.Text)
			if len(found) == 0 {
				problems = append(problems, diag.Problem{
					Pos: v.Pos, Len: v.Len, Code: "DG6112", Severity: diag.Warning,
					Summary: reason.New("DG6112", v.Text), Hint: reason.New("DG6112.hint"),
				})
			}
			services = append(services, found...)
		}
	}
	return services, problems
}

// ends returns the last part of "com.amazonaws.{region}.SERVICE".
func ends(names []string) (services []string) {
	for _, name := range names {
		_, service, _ := strings.Cut(name, "{region}.")
		services = append(services, service)
	}
	return services
}

// endpointsOf returns the services of endpoints that lead to a service as host
// names have it, or to those of a pattern: ecr.api for api.ecr.
func endpointsOf(service string) (found []string) {
	if !strings.Contains(service, "*") {
		return byHost()[service]
	}
	for host, services := range byHost() {
		if netset.Glob(service, host) {
			found = append(found, services...)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// byHost is the services of endpoints by what host names call them.
var byHost = sync.OnceValue(func() map[string][]string {
	const region = "us-east-1"
	index := make(map[string][]string)
	for _, s := range awsdata.PrivateLinkServices() {
		if strings.Contains(s.Service, "fips") {
			continue
		}
		if slices.Contains(s.Types, "gateway") {
			index[s.Service] = append(index[s.Service], s.Service)
			continue
		}
		for _, name := range awsdata.PrivateNames(s.Service, region, "") {
			host := strings.ReplaceAll(name, "*", "123456789012") // an account where one is wanted
			_, parsed, err := awsdata.Names().Parse(host)
			if err == nil && parsed.Service != "" && !slices.Contains(index[parsed.Service], s.Service) {
				index[parsed.Service] = append(index[parsed.Service], s.Service)
			}
		}
	}
	return index
})
