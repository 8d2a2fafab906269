package fix

import (
	"slices"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// association lets the route table of the sender's subnet use a gateway
// endpoint that its VPC has, or not use the one whose policy, or whose identity
// for the bucket's policy, is in the way.
func association(s *scene) (steps []step) {
	n := s.sender.spot().Subnet
	if n == nil {
		return nil
	}
	asked := s.trace.Asked
	for _, e := range n.VPC.Endpoints {
		if e.Kind != topology.Gateway || e.AWSService != asked.Service || n.VPC.Region != asked.Region {
			continue
		}
		i := slices.Index(e.Subnets, n)
		switch {
		case i < 0 && stuck(s.trace.Verdict):
			steps = append(steps, associate(e, append(slices.Clone(e.Subnets), n), reason.New("fix.associate", n.Path(), e.Path())))
		case i >= 0 && judged(s.trace.Verdict):
			steps = append(steps, s.around(associate(e, slices.Delete(slices.Clone(e.Subnets), i, i+1), reason.New("fix.dissociate", n.Path(), e.Path()))))
		}
	}
	return steps
}

// judged reports whether v is what a policy said.
func judged(v route.Verdict) bool {
	return v == route.DeniedByEndpointPolicy || v == route.DeniedByResourcePolicy || v == route.Unknown
}

func associate(e *topology.Endpoint, subnets []*topology.Subnet, why reason.Because) step {
	return step{edits: []edit{inSubnets(e, subnets)}, why: why, size: 1, width: 1}
}

func inSubnets(e *topology.Endpoint, subnets []*topology.Subnet) edit {
	names := make([]string, len(subnets))
	for i, n := range subnets {
		names[i] = n.Name
	}
	return set(list(names...), "vpcs", e.VPC.Name, "endpoints", e.Name, "subnets")
}

// anywhere are the services whose interface endpoints may lead to another
// Region (AWS PrivateLink: cross-Region enabled services, November 2025).
var anywhere = []string{"s3", "iam", "ecr.api", "ecr.dkr", "kms", "kms-fips", "ecs", "lambda", "kinesis-firehose", "route53"}

// newEndpoint gives the sender an endpoint of its own, or a site one in a VPC
// that it resolves the name through.
func newEndpoint(s *scene) (steps []step) {
	asked := s.trace.Asked
	if asked.Service == "" || s.via() != nil || !stuck(s.trace.Verdict) && s.trace.Verdict != route.DNSFails {
		return nil
	}
	at := s.sender.spot()
	if n := at.Subnet; n != nil {
		if s.has(n.VPC, topology.Gateway) {
			return nil // association is enough
		}
		if slices.Contains([]string{"s3", "dynamodb"}, asked.Service) && n.VPC.Region == asked.Region {
			steps = append(steps, create(n, "gateway", asked))
		}
		return append(steps, interfaces(s, []*topology.Subnet{n})...)
	}
	for _, v := range s.t.VPCs {
		if !reachable(s.t, at.Site, v) {
			continue
		}
		for _, st := range interfaces(s, v.Subnets) {
			if s.trace.DNS.Answer == "public" { // neither of the two changes anything alone
				st = both(st, forward(at.Site, s.host, v))
			}
			steps = append(steps, st)
		}
	}
	return steps
}

// has reports whether v has an endpoint of kind for what is asked: a second one
// beside it would cure nothing that the first cannot.
func (s *scene) has(v *topology.VPC, kind topology.EndpointKind) bool {
	return slices.ContainsFunc(s.endpoints(kind), func(e *topology.Endpoint) bool { return e.VPC == v })
}

// interfaces are new interface endpoints of the service in one of subnets.
func interfaces(s *scene, subnets []*topology.Subnet) (steps []step) {
	asked := s.trace.Asked
	for _, n := range subnets {
		if (n.VPC.Region == asked.Region || slices.Contains(anywhere, asked.Service)) && !s.has(n.VPC, topology.InterfaceEndpoint) {
			steps = append(steps, create(n, "interface", asked))
		}
	}
	return steps
}

// create is a new endpoint in n, with a name that is free.
func create(n *topology.Subnet, kind string, asked route.Asked) step {
	name := asked.Service
	for n.VPC.Endpoint(name) != nil {
		name += "-2"
	}
	path := []string{"vpcs", n.VPC.Name, "endpoints", name}
	at := func(key string) []string { return append(slices.Clone(path), key) }
	st := step{
		edits: []edit{set(scalar(asked.Service), at(kind)...), set(list(n.Name), at("subnets")...)},
		why:   reason.New("fix.endpoint."+reason.Code(kind), n.VPC.Name+"/"+name, asked.Service, n.Path()),
		size:  2, width: 1,
	}
	if n.VPC.Region != asked.Region {
		st.edits = append(st.edits, set(scalar(asked.Region), at("service_region")...))
		st.size, st.width = 3, 2
	}
	return st
}

// connect completes a connection by PrivateLink: what owner and consumer have
// to agree on.
func connect(s *scene) (steps []step) {
	if s.trace.Verdict != route.EndpointNotConnected && s.trace.Verdict != route.TimesOut {
		return nil
	}
	for _, e := range s.crossed() {
		if e.Kind != topology.PrivateLink {
			continue
		}
		steps = append(steps, agree(e)...)
		for _, node := range e.Service.NLB.At {
			for _, n := range e.VPC.Subnets {
				if n.AZ.V == node.AZ.V && !slices.Contains(e.Subnets, n) {
					steps = append(steps, associate(e, append(slices.Clone(e.Subnets), n), reason.New("fix.interface", e.Path(), n.Path())))
				}
			}
		}
	}
	return steps
}

// agree are the consents that the endpoint e may lack.
func agree(e *topology.Endpoint) (steps []step) {
	service := []string{"endpoint_services", e.Service.Name}
	if !e.Accepted.V {
		steps = append(steps, step{
			edits: []edit{set("true", "vpcs", e.VPC.Name, "endpoints", e.Name, "accepted")},
			why:   reason.New("fix.accepted", e.Path()),
			size:  1,
		})
	}
	if account := e.VPC.Account.V; account != nil && !slices.Contains(e.Service.Allow.V, account) {
		var names []string
		for _, a := range e.Service.Allow.V {
			names = append(names, a.Name)
		}
		steps = append(steps, step{
			edits: []edit{set(list(append(names, account.Name)...), append(service, "allow")...)},
			why:   reason.New("fix.allow", account.Name, e.Service.Name),
			size:  1,
		})
	}
	if regions := e.Service.Regions.V; !slices.Contains(regions, e.VPC.Region) {
		steps = append(steps, step{
			edits: []edit{set(list(append(slices.Clone(regions), e.VPC.Region)...), append(service, "regions")...)},
			why:   reason.New("fix.region", e.VPC.Region, e.Service.Name),
			size:  1, width: 1,
		})
	}
	return steps
}
