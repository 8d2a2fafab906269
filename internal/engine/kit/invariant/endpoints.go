package invariant

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// gatewayEndpoints finds a gateway endpoint that takes what was meant for an
// open exit, and a closed fleet without one.
func gatewayEndpoints(f *finder) {
	exit := f.exit()
	tables, known := f.fleetTables()
	var first *Resource // of S3
	served, complete := make(map[*Resource]bool), true
	for _, e := range f.Of(typeEndpoint) {
		service := serviceOf(e)
		if !isGateway(e) || service == "" {
			continue
		}
		on, all := items(e.Props, "RouteTableIds")
		if service == "s3" && first == nil {
			first = e
		}
		for _, n := range on {
			table := f.To(n)
			if (exit == "internet" || exit == "nat") && slices.Contains(tables, table) {
				f.warn(e.Place("RouteTableIds"), say("DG6402", e.ID, table.ID), hint("DG6402"))
			}
			if service == "s3" {
				served[table] = true
			}
		}
		if complete = complete && (all || service != "s3"); all && len(on) == 0 && exit == "closed" && !known {
			f.fail(e.At, say("DG6401.none", e.ID), hint("DG6401"))
		}
	}
	fleets := f.Of(typeFleet)
	if exit != "closed" || len(fleets) == 0 {
		return
	}
	if first == nil {
		f.fail(fleets[0].At, say("DG6401", fleets[0].ID), hint("DG6401"))
		return
	}
	for _, table := range tables {
		if known && complete && !served[table] {
			f.fail(first.Place("RouteTableIds"), say("DG6401.table", first.ID, table.ID), hint("DG6401"))
		}
	}
}

// byGateway are the services of gateway endpoints.
var byGateway = []string{"dynamodb", "s3", "s3express"}

// endpointKinds finds keys that one kind of endpoint has and the other has not,
// and services that do not exist or have no endpoint of that kind. AWS refuses
// them when the stack is deployed.
func endpointKinds(f *finder) {
	for _, e := range f.Of(typeEndpoint) {
		service := serviceOf(e)
		wrong := []string{"SubnetIds", "SecurityGroupIds", "PrivateDnsEnabled"}
		switch {
		case isInterface(e):
			wrong = []string{"RouteTableIds"}
		case !isGateway(e):
			wrong = nil
		}
		for _, key := range wrong {
			if v := find(e.Props, key); v != nil && textOf(v) != "false" {
				f.fail(e.Place(key), say("DG6407", e.ID, f.Spell(key)), hint("DG6407"))
			}
		}
		if service == "" || !strings.HasPrefix(textOf(find(e.Props, "ServiceName")), "com.amazonaws.") {
			continue
		}
		known := services()
		switch {
		case service == "ec2messages":
			f.note(e.Place("ServiceName"), say("DG6408.retired", e.ID), hint("DG6408.retired"))
		case !slices.Contains(known, service):
			h := hint("DG6408")
			if near, ok := yamldoc.Closest(service, known); ok {
				h = say("hint.meant", yamldoc.Quote(near))
			}
			f.fail(e.Place("ServiceName"), say("DG6408", service), h)
		case isGateway(e) && !slices.Contains(byGateway, service):
			f.fail(e.Place("VpcEndpointType"), say("DG6407.kind", e.ID, service), hint("DG6407.kind"))
		}
	}
}

// services are those of every endpoint.
func services() (all []string) {
	for _, s := range awsdata.PrivateLinkServices() {
		all = append(all, s.Service)
	}
	return all
}

// endpointTwins finds a second endpoint that answers for the same names in one VPC.
func endpointTwins(f *finder) {
	type place struct {
		service string
		vpc     string
	}
	seen := make(map[place]*Resource)
	for _, e := range f.Of(typeEndpoint) {
		service := serviceOf(e)
		if v, ok := text(e.Props, "PrivateDnsEnabled"); service == "" || !isInterface(e) || !ok || v != "true" || e.Maybe {
			continue
		}
		p := place{service: service}
		if v := find(e.Props, "VpcId"); v != nil {
			p.vpc = v.Text
		}
		if other := seen[p]; other != nil {
			f.fail(e.Place("ServiceName"), say("DG6406", e.ID, other.ID, service), hint("DG6406"))
		}
		seen[p] = e
	}
}

// byAction are the services of endpoints by the first word of actions.
var byAction = map[string]string{
	"ssm": "ssm", "ssmmessages": "ssmmessages", "logs": "logs", "autoscaling": "autoscaling", "kms": "kms",
	"secretsmanager": "secretsmanager", "sns": "sns", "sqs": "sqs", "cloudwatch": "monitoring", "ec2": "ec2", "sts": "sts",
}

// startEndpoints finds a closed fleet whose instances nobody can reach with
// Session Manager, or that cannot call what their role lets them call. One of an
// existing VPC may have its endpoints elsewhere.
func startEndpoints(f *finder) {
	fleets := f.Of(typeFleet)
	if _, known := f.fleetTables(); f.exit() != "closed" || len(fleets) == 0 || !known {
		return
	}
	vpc := f.fleetNetwork()
	there := func(service string) bool {
		return slices.ContainsFunc(f.Of(typeEndpoint), func(e *Resource) bool {
			if other := f.To(find(e.Props, "VpcId")); vpc != nil && other != nil && other != vpc {
				return false
			}
			return serviceOf(e) == service || find(e.Props, "ServiceName").Kind == yamldoc.Broken
		})
	}
	for _, service := range []string{"ssm", "ssmmessages"} {
		if !there(service) {
			f.fail(fleets[0].At, say("DG6403", service), hint("DG6403"))
		}
	}
	reported := []string{"ssm", "ssmmessages"}
	for _, role := range f.fleetRoles() {
		for _, s := range f.statementsOf(role) {
			actions, _ := items(s, "Action")
			for _, a := range actions {
				word, _, _ := strings.Cut(textOf(a), ":")
				service := byAction[word]
				if effect, _ := text(s, "Effect"); service == "" || effect != "Allow" || slices.Contains(reported, service) {
					continue
				}
				if reported = append(reported, service); !there(service) {
					f.fail(fleets[0].At, say("DG6403.role", service, textOf(a)), hint("DG6403.role"))
				}
			}
		}
	}
}

// endpointGroups finds interface endpoints that proxies cannot use, or that no
// consumer can: their groups do not admit the port.
func endpointGroups(f *finder) {
	fleet := f.fleet()
	for _, e := range f.Of(typeEndpoint) {
		list, known := items(e.Props, "SecurityGroupIds")
		if known && len(list) == 0 && isInterface(e) && len(fleet.groups) > 0 {
			f.warn(e.At, say("DG6404.default", e.ID), hint("DG6404.default"))
		}
		s := f.sideOf(nil, known, list...)
		ins, closed := f.all(s, true)
		if isGateway(e) || !closed {
			continue
		}
		at := e.Place("SecurityGroupIds")
		switch service := serviceOf(e); {
		case len(ins) == 0:
			f.fail(at, say("DG6404.nobody", s.groups[0].ID, e.ID), hint("DG6404.nobody"))
		case service != "":
			if (len(fleet.groups) > 0 || len(fleet.networks) > 0) && !admits(ins, fleet, 443) || !passes(ins, 443) {
				f.fail(at, say("DG6404", s.groups[0].ID, e.ID), hint("DG6404"))
			}
		case find(e.Props, "ServiceName") != nil && find(e.Props, "ServiceName").Kind != yamldoc.Broken:
			for _, l := range f.Of(typeListener) { // the endpoint to this very service
				if port, ok := number(l.Props, "Port"); ok && !passes(ins, port) {
					f.fail(at, say("DG6404.port", s.groups[0].ID, e.ID, itoa(port)), hint("DG6404.port"))
				}
			}
		}
	}
}

// privateNames finds interface endpoints to AWS's services that nobody finds by the
// services' names, and VPCs that cannot have such names.
func privateNames(f *finder) {
	reported := make(map[*Resource]bool)
	for _, e := range f.Of(typeEndpoint) {
		if serviceOf(e) == "" || !isInterface(e) {
			continue
		}
		v, known := text(e.Props, "PrivateDnsEnabled")
		if find(e.Props, "PrivateDnsEnabled") == nil || known && v == "false" {
			f.warn(e.Place("PrivateDnsEnabled"), say("DG6404.dns", e.ID), hint("DG6404.dns", f.Spell("PrivateDnsEnabled")))
			continue
		}
		vpc := f.To(find(e.Props, "VpcId"))
		if vpc == nil || vpc.Type != "AWS::EC2::VPC" || reported[vpc] {
			continue
		}
		names, a := text(vpc.Props, "EnableDnsHostnames")
		support, b := text(vpc.Props, "EnableDnsSupport")
		key := ""
		switch {
		case b && support == "false":
			key = "EnableDnsSupport"
		case find(vpc.Props, "EnableDnsHostnames") == nil || a && names == "false":
			key = "EnableDnsHostnames"
		}
		if key != "" {
			reported[vpc] = true
			f.fail(vpc.Place(key), say("DG6404.vpc", vpc.ID, f.Spell(key), e.ID), reason.Because{})
		}
	}
}
