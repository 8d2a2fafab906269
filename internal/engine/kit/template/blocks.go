package template

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/model/hcldoc"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// internal sets the scheme, which is a truth value in Terraform, and the zones of
// subnet_mapping.
func internal(r *Resource, body *Node) {
	if v := body.Find("internal"); v != nil {
		scheme := *v
		switch v.Text {
		case "true":
			scheme.Kind, scheme.Text = yamldoc.Text, "internal"
		case "false":
			scheme.Kind, scheme.Text = yamldoc.Text, "internet-facing"
		}
		set(r.Props, []string{"Scheme"}, &scheme)
	}
	if v := body.Find("subnet_mapping"); v != nil {
		for _, item := range v.Items {
			if s := argument(item, "subnet_id"); s != nil {
				put(r.Props, "Subnets", s)
			}
		}
	}
}

// actions are where a listener forwards to.
func (m *module) actions(r *Resource, body *Node) {
	list, _ := Items(body, "default_action")
	for _, a := range list {
		target := argument(a, "target_group_arn")
		if target == nil {
			target = argument(a, "forward", "target_group", "arn")
		}
		put(r.Props, "DefaultActions", made(a, "Type", argument(a, "type"), "TargetGroupArn", target))
	}
}

// routes are those inside a route table.
func (m *module) routes(r *Resource, body *Node) {
	list, _ := Items(body, "route")
	for i, n := range list {
		if n.Kind != yamldoc.Map {
			continue
		}
		props := made(n, "RouteTableId", reference(r), "DestinationCidrBlock", n.Find("cidr_block"))
		fill(props, n, routeKeys)
		m.all = append(m.all, &Resource{ID: r.ID + "#" + count("route", i), Type: "AWS::EC2::Route", At: place(n, r), Props: props, Maybe: r.Maybe})
	}
}

// place is where n begins, or r.
func place(n *Node, r *Resource) *Node {
	if n.Pos.Line > 0 {
		return n
	}
	return r.At
}

// group sets the rules inside a security group. Terraform takes away the rule by
// which AWS lets everything out (aws_security_group, "NOTE on Egress rules"), so
// what goes out is always a list.
func group(r *Resource, body *Node) {
	for _, way := range []struct{ block, key string }{{"ingress", "SecurityGroupIngress"}, {"egress", "SecurityGroupEgress"}} {
		list, known := Items(body, way.block)
		out := &Node{Kind: yamldoc.List, Pos: r.At.Pos, Len: r.At.Len}
		for _, n := range list {
			out.Items = append(out.Items, rules(n, r, way.block == "ingress")...)
		}
		if !known {
			out = &Node{Pos: r.At.Pos, Len: r.At.Len}
		}
		if out.Kind == yamldoc.Broken || len(out.Items) > 0 || way.block == "egress" {
			set(r.Props, []string{way.key}, out)
		}
	}
}

// rules are those of one block: one for each peer.
func rules(n *Node, r *Resource, in bool) (all []*Node) {
	if n.Kind != yamldoc.Map {
		return []*Node{n}
	}
	group, list := "SourceSecurityGroupId", "SourcePrefixListId"
	if !in {
		group, list = "DestinationSecurityGroupId", "DestinationPrefixListId"
	}
	one := func(key string, peer *Node) {
		all = append(all, made(peer, key, peer, "IpProtocol", n.Find("protocol"), "FromPort", n.Find("from_port"), "ToPort", n.Find("to_port")))
	}
	for _, peers := range [][2]string{
		{"cidr_blocks", "CidrIp"}, {"ipv6_cidr_blocks", "CidrIpv6"}, {"security_groups", group}, {"source_security_group_id", group}, {"prefix_list_ids", list},
	} {
		items, _ := Items(n, peers[0])
		for _, peer := range items {
			one(peers[1], peer)
		}
		if Unknown(n, peers[0]) {
			one(peers[1], n.Find(peers[0]))
		}
	}
	if self, ok := Text(n, "self"); ok && self == "true" {
		if own := n.Find("security_group_id"); own != nil {
			one(group, own)
		} else {
			one(group, reference(r))
		}
	}
	return all
}

// rule is a rule beside its group, of the older kind: it may be several.
func (m *module) rule(r *Resource, body *Node) {
	kind, known := Text(body, "type")
	if !known {
		return
	}
	typ := map[string]string{"ingress": "AWS::EC2::SecurityGroupIngress", "egress": "AWS::EC2::SecurityGroupEgress"}[kind]
	for i, n := range rules(body, r, kind == "ingress") {
		set(n, []string{"GroupId"}, body.Find("security_group_id"))
		if i == 0 {
			r.Type, r.Props = typ, n
			continue
		}
		m.all = append(m.all, &Resource{ID: r.ID + "#" + count("peer", i), Type: typ, At: r.At, Props: n, Maybe: r.Maybe})
	}
}

// launch sets the lists of a launch template.
func launch(r *Resource, body *Node) {
	data := launchData(r)
	cards, _ := Items(body, "network_interfaces")
	for _, c := range cards {
		put(data, "NetworkInterfaces", made(c, "AssociatePublicIpAddress", argument(c, "associate_public_ip_address"), "Groups", argument(c, "security_groups")))
	}
	disks, _ := Items(body, "block_device_mappings")
	for _, d := range disks {
		ebs := argument(d, "ebs")
		if ebs == nil {
			continue
		}
		put(data, "BlockDeviceMappings", made(d, "Ebs", made(ebs, "Encrypted", argument(ebs, "encrypted"))))
	}
}

// launchData is the map that a launch template's values stand in.
func launchData(r *Resource) *Node {
	data := Find(r.Props, "LaunchTemplateData")
	if data == nil {
		data = &Node{Kind: yamldoc.Map, Pos: r.At.Pos, Len: r.At.Len}
		set(r.Props, []string{"LaunchTemplateData"}, data)
	}
	return data
}

// image names the parameter that holds the image: its value is unknown.
func (m *module) image(r *Resource) {
	data := launchData(r)
	for i, e := range data.Entries {
		if e.Key.Text != "ImageId" || e.Value.Kind != yamldoc.Broken {
			continue
		}
		address := e.Value.Text[:max(strings.LastIndex(e.Value.Text, "."), 0)]
		if name := m.parameters[address]; name != "" {
			data.Entries[i].Value = &Node{Text: name, Pos: e.Value.Pos, Len: e.Value.Len}
		}
	}
}

// fleet sets the hooks and targets inside an Auto Scaling group.
func fleet(r *Resource, body *Node) {
	hooks, _ := Items(body, "initial_lifecycle_hook")
	for _, h := range hooks {
		hook := made(h, "LifecycleHookName", argument(h, "name"))
		fill(hook, h, hookKeys)
		put(r.Props, "LifecycleHookSpecificationList", hook)
	}
	sources, _ := Items(body, "traffic_source")
	for _, s := range sources {
		if id := argument(s, "identifier"); id != nil {
			put(r.Props, "TargetGroupARNs", id)
		}
	}
	if v := argument(body, "mixed_instances_policy", "launch_template", "launch_template_specification", "launch_template_id"); v != nil {
		set(r.Props, []string{"LaunchTemplate", "LaunchTemplateId"}, v)
	}
	if v := argument(body, "instance_refresh", "preferences", "min_healthy_percentage"); v != nil {
		set(r.Props, []string{"MinHealthyPercentage"}, v)
	}
}

// joins are resources that say something about another one.
var joins = map[string]func(t *Template, body *Node){
	"aws_autoscaling_attachment":                         joining("autoscaling_group_name", "lb_target_group_arn", "TargetGroupARNs"),
	"aws_vpc_endpoint_route_table_association":           joining("vpc_endpoint_id", "route_table_id", "RouteTableIds"),
	"aws_vpc_endpoint_subnet_association":                joining("vpc_endpoint_id", "subnet_id", "SubnetIds"),
	"aws_vpc_endpoint_security_group_association":        joining("vpc_endpoint_id", "security_group_id", "SecurityGroupIds"),
	"aws_autoscaling_traffic_source_attachment":          traffic,
	"aws_vpc_endpoint_private_dns":                       privateDNS,
	"aws_iam_policy_attachment":                          attachAll,
	"aws_iam_role_policy_attachment":                     attach,
	"aws_vpc_endpoint_service_allowed_principal":         principal,
	"aws_s3_bucket_server_side_encryption_configuration": bucketPart("BucketEncryption", "rule"),
	"aws_s3_bucket_versioning":                           bucketPart("VersioningConfiguration", "versioning_configuration"),
	"aws_s3_bucket_object_lock_configuration":            bucketPart("ObjectLockConfiguration", "rule"),
	"aws_s3_bucket_public_access_block":                  publicAccess,
}

// joining adds what one argument names to a list of what the other names.
func joining(to, from, key string) func(*Template, *Node) {
	return func(t *Template, body *Node) {
		if r, v := t.To(body.Find(to)), body.Find(from); r != nil && v != nil {
			put(r.Props, key, v)
		}
	}
}

func attach(t *Template, body *Node) {
	r, v := t.To(body.Find("role")), body.Find("policy_arn")
	if r == nil || v == nil {
		return
	}
	if p := t.To(v); p != nil {
		put(p.Props, "Roles", reference(r))
		return
	}
	put(r.Props, "ManagedPolicyArns", v)
}

// attachAll is attach for several roles.
func attachAll(t *Template, body *Node) {
	roles, _ := Items(body, "roles")
	for _, role := range roles {
		attach(t, made(body, "role", role, "policy_arn", body.Find("policy_arn")))
	}
}

func traffic(t *Template, body *Node) {
	sources, _ := Items(body, "traffic_source")
	for _, s := range sources {
		if r, v := t.To(body.Find("autoscaling_group_name")), argument(s, "identifier"); r != nil && v != nil {
			put(r.Props, "TargetGroupARNs", v)
		}
	}
}

func privateDNS(t *Template, body *Node) {
	if r, v := t.To(body.Find("vpc_endpoint_id")), body.Find("private_dns_enabled"); r != nil && v != nil {
		set(r.Props, []string{"PrivateDnsEnabled"}, v)
	}
}

func principal(t *Template, body *Node) {
	s, p := body.Find("vpc_endpoint_service_id"), body.Find("principal_arn")
	if t.To(s) == nil || p == nil {
		return
	}
	r := &Resource{ID: t.To(s).ID + "#" + p.Text, Type: "AWS::EC2::VPCEndpointServicePermissions", At: p, Props: made(p, "ServiceId", s)}
	put(r.Props, "AllowedPrincipals", p)
	t.Resources = append(t.Resources, r)
	t.byID[r.ID] = r
}

func bucketPart(key, block string) func(*Template, *Node) {
	return func(t *Template, body *Node) {
		if r, v := t.To(body.Find("bucket")), argument(body, block); r != nil && v != nil {
			if v.Kind == yamldoc.List && len(v.Items) == 1 {
				v = v.Items[0]
			}
			part := *v
			if status := v.Find("status"); status != nil && v.Kind == yamldoc.Map {
				part = *made(v, "Status", status)
			}
			set(r.Props, []string{key}, &part)
		}
	}
}

func publicAccess(t *Template, body *Node) {
	if r := t.To(body.Find("bucket")); r != nil {
		all := made(body)
		fill(all, body, "block_public_acls=BlockPublicAcls block_public_policy=BlockPublicPolicy ignore_public_acls=IgnorePublicAcls restrict_public_buckets=RestrictPublicBuckets")
		set(r.Props, []string{"PublicAccessBlockConfiguration"}, all)
	}
}

// policies reads the policies of roles, whichever way they are written.
func (m *module) policies(r *Resource, body *Node) {
	for i := range r.Props.Entries {
		e := &r.Props.Entries[i]
		switch e.Key.Text {
		case "AssumeRolePolicyDocument", "PolicyDocument", "KeyPolicy":
			e.Value = m.policy(e.Value)
		case "Roles":
			e.Value = &Node{Kind: yamldoc.List, Items: []*Node{e.Value}, Pos: e.Value.Pos, Len: e.Value.Len}
		}
	}
	inline, _ := Items(body, "inline_policy")
	for _, p := range inline {
		if doc := argument(p, "policy"); doc != nil {
			put(r.Props, "Policies", made(p, "PolicyDocument", m.policy(doc)))
		}
	}
}

// policy returns n as a map: it may be JSON, or a data source.
func (m *module) policy(n *Node) *Node {
	switch {
	case n.Tag == hcldoc.Ref:
		if doc, ok := m.documents[n.Text]; ok {
			return doc
		}
	case n.Kind == yamldoc.Text:
		if doc, problems := yamldoc.Parse(n.Pos.File, []byte(n.Text)); doc != nil && len(problems) == 0 && doc.Kind == yamldoc.Map {
			for inner := range doc.Nodes {
				inner.Pos, inner.Len = n.Pos, n.Len // lines of the policy are not lines of the file
			}
			return doc
		}
	default:
		return n
	}
	return &Node{Pos: n.Pos, Len: n.Len}
}

// document is a policy that is written in blocks.
func document(body *Node) *Node {
	out := made(body)
	list, known := Items(body, "statement")
	if !known {
		return &Node{Pos: body.Pos, Len: body.Len}
	}
	for _, s := range list {
		if s.Kind != yamldoc.Map {
			continue
		}
		effect := s.Find("effect")
		if effect == nil {
			effect = named("Allow", s)
		}
		statement := made(s, "Effect", effect, "Action", s.Find("actions"), "Resource", s.Find("resources"), "NotAction", s.Find("not_actions"))
		if s.Find("condition") != nil {
			set(statement, []string{"Condition"}, s.Find("condition"))
		}
		principals, _ := Items(s, "principals")
		for _, p := range principals {
			kind, _ := Text(p, "type")
			if ids := argument(p, "identifiers"); ids != nil && slices.Contains([]string{"AWS", "Service", "Federated", "*"}, kind) {
				set(statement, []string{"Principal", kind}, ids)
			}
		}
		put(out, "Statement", statement)
	}
	return out
}
