package routetest

import "fmt"

// services have interface endpoints in the topologies.
var services = []string{"ssm", "s3", "ssm", "s3", "sts", "kms", "ecr.api", "ecr.dkr", "execute-api", "iam", "dynamodb", "monitoring", "logs"}

// endpointGroup makes the endpoints of v and notes which have interfaces.
func (g *gen) endpointGroup(v *network) Doc {
	group := Doc{}
	for i := range g.draw(5, "endpoints") {
		name := fmt.Sprintf("e%d", i)
		kind := pick(g, "endpoint", "gateway", "interface", "interface", "privatelink")
		if kind == "privatelink" && len(g.offered) == 0 {
			kind = "interface"
		}
		e := Doc{"subnets": list(g.subnetNames(v)...)}
		switch kind {
		case "gateway":
			e[kind] = pick(g, "gateway", "s3", "s3", "dynamodb", "s3express")
			if g.chance(3, "dual stack") {
				e["ip"] = pick(g, "ip", "ipv4", "dualstack")
			}
		case "interface":
			g.interfaceKeys(e, v, name)
		default:
			to := pick(g, "offer", g.offered...)
			e[kind] = to.offer
			v.ways = append(v.ways, way{v.name + "/" + name, to})
			if g.mostly(3, "accepted") {
				e["accepted"] = true
			}
		}
		if kind != "privatelink" && g.chance(3, "policy") {
			e["policy"] = g.endpointPolicy()
		}
		if kind != "gateway" {
			v.interfaces = append(v.interfaces, v.name+"/"+name)
			if g.chance(4, "sg_from") {
				e["sg_from"] = g.admits()
			}
		}
		group[name] = e
	}
	return group
}

func (g *gen) interfaceKeys(e Doc, v *network, name string) {
	service := pick(g, "service", services...)
	e["interface"] = service
	if g.chance(4, "private_dns") {
		e["private_dns"] = pick[any](g, "private_dns", "all", "inbound-only", false)
	}
	if g.chance(8, "names") {
		e["names"] = list(pick(g, "name", "ssm.ap-northeast-1.amazonaws.com", "*.example.com", "*.s3.ap-northeast-1.amazonaws.com"))
	}
	if g.chance(4, "service_region") {
		e["service_region"] = pick(g, "service_region", regions...)
	}
	if g.chance(3, "dns_name") {
		e["dns_name"] = fmt.Sprintf("vpce-%s-%s.%s.%s.vpce.amazonaws.com", v.name, name, service, v.region)
	}
}

// subnetNames returns at least one of v's.
func (g *gen) subnetNames(v *network) []string {
	all := make([]string, len(v.subnets))
	for i, s := range v.subnets {
		all[i] = s.name
	}
	if chosen := some(g, 2, "endpoint's subnet", all...); len(chosen) > 0 {
		return chosen
	}
	return all[:1]
}

func (g *gen) endpointPolicy() any {
	switch g.draw(6, "policy") {
	case 0:
		return "full"
	case 1:
		return "unknown"
	}
	return g.statements()
}

func (g *gen) bucketPolicy() any {
	if g.chance(5, "unknown policy") {
		return "unknown"
	}
	return g.statements()
}

func (g *gen) statements() []any {
	all := []any{}
	if g.mostly(3, "open statement") {
		all = append(all, Doc{"Effect": "Allow", "Principal": "*", "Action": "*"})
	}
	for range g.draw(3, "statements") {
		all = append(all, g.statement())
	}
	if len(all) == 0 {
		all = append(all, g.statement())
	}
	return all
}

func (g *gen) statement() Doc {
	s := Doc{"Effect": pick(g, "effect", "Allow", "Deny")}
	switch g.draw(5, "principal") {
	case 0:
		s["Principal"] = "*"
	case 1:
		s["Principal"] = Doc{"AWS": "sister"}
	case 2:
		s["NotPrincipal"] = Doc{"AWS": "arn:aws:iam::main:role/app"}
	case 3:
		s["Principal"] = Doc{"AWS": "111111111111"}
	}
	switch g.draw(4, "action") {
	case 0:
		s["Action"] = "*"
	case 1:
		s["Action"] = list("s3:GetObject", "ssm:*")
	case 2:
		s["NotAction"] = "s3:Put*"
	}
	switch g.draw(4, "resource") {
	case 0:
		s["Resource"] = "*"
	case 1:
		s["Resource"] = list("arn:aws:s3:::reports", "arn:aws:s3:::reports/*")
	case 2:
		s["NotResource"] = "arn:aws:s3:::other/*"
	}
	if g.chance(2, "condition") {
		c := pick(g, "condition", g.conditions()...)
		s["Condition"] = Doc{c.operator: Doc{c.key: c.value}}
	}
	return s
}

type condition struct {
	operator, key string
	value         any
}

// conditions are those of data perimeters, with a key that nobody knows.
func (g *gen) conditions() []condition {
	all := []condition{
		{"StringEquals", "aws:PrincipalOrgID", "o-ours"}, {"StringNotEqualsIfExists", "aws:ResourceOrgID", "o-ours"},
		{"StringEquals", "aws:VpceOrgID", "o-ours"}, {"StringEquals", "aws:ResourceAccount", list("main", "111111111111")},
		{"IpAddress", "aws:SourceIp", "203.0.113.0/24"}, {"NotIpAddress", "aws:SourceIp", "198.51.100.0/24"},
		{"IpAddress", "aws:VpcSourceIp", "10.1.0.0/25"}, {"Bool", "aws:SecureTransport", "false"},
		{"Null", "aws:SourceVpce", "true"}, {"StringEquals", "aws:RequestedRegion", regions[0]},
		{"StringEquals", "aws:UserAgent", "curl"}, {"ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/app"},
		{"Bool", "aws:PrincipalIsAWSService", "false"},
	}
	for _, v := range g.vpcs {
		all = append(all, condition{"StringNotEquals", "aws:SourceVpc", v.name})
		for _, e := range v.interfaces {
			all = append(all, condition{"StringNotEquals", "aws:SourceVpce", e})
		}
	}
	return all
}
