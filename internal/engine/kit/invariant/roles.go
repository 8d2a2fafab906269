package invariant

import (
	"regexp"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/kit/template"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// fleetRoles returns the roles of instances, as far as the template has them.
func (f *finder) fleetRoles() (roles []*Resource) {
	for _, t := range f.Of(typeTemplate) {
		p := find(t.Props, "LaunchTemplateData", "IamInstanceProfile")
		profile := f.To(find(p, "Arn"))
		if profile == nil {
			profile = f.To(find(p, "Name"))
		}
		if profile == nil {
			continue
		}
		all, _ := items(profile.Props, "Roles")
		for _, n := range all {
			if r := f.To(n); r != nil {
				roles = append(roles, r)
			}
		}
	}
	return roles
}

// documentsOf returns the policies of a role that stand in the template.
func (f *finder) documentsOf(role *Resource) (all []*node) {
	inline, _ := items(role.Props, "Policies")
	for _, p := range inline {
		all = append(all, find(p, "PolicyDocument"))
	}
	for _, typ := range []string{"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"} {
		for _, p := range f.Of(typ) {
			roles, _ := items(p.Props, "Roles")
			if name := find(p.Props, "RoleName"); name != nil && typ == "AWS::IAM::RolePolicy" {
				roles = []*node{name}
			}
			if slices.ContainsFunc(roles, func(n *node) bool { return f.refers(n, role, "RoleName") }) {
				all = append(all, find(p.Props, "PolicyDocument"))
			}
		}
	}
	attached, _ := items(role.Props, "ManagedPolicyArns")
	for _, n := range attached {
		if p := f.To(n); p != nil {
			all = append(all, find(p.Props, "PolicyDocument"))
		}
	}
	return all
}

// statementsOf returns the statements of a role's policies.
func (f *finder) statementsOf(role *Resource) (all []*node) {
	for _, doc := range f.documentsOf(role) {
		more, _ := items(doc, "Statement")
		all = append(all, more...)
	}
	return all
}

// wide are managed policies that give far more than a proxy needs.
var wide = []string{"AdministratorAccess", "PowerUserAccess", "SystemAdministrator", "ReadOnlyAccess"}

// policies finds roles with managed policies that give too much away.
// AmazonEC2RoleforSSM lets every instance read and write every bucket; AWS calls
// it deprecated (Systems Manager user guide, "Configure instance permissions").
func policies(f *finder) {
	for _, r := range f.Of("AWS::IAM::Role") {
		all, _ := items(r.Props, "ManagedPolicyArns")
		for _, n := range all {
			_, name, _ := strings.Cut(n.Text, ":policy/")
			name = name[strings.LastIndex(name, "/")+1:]
			switch {
			case name == "AmazonEC2RoleforSSM":
				f.fail(n, say("DG6502", r.ID, name), hint("DG6502"))
			case slices.Contains(wide, name) || strings.HasSuffix(name, "FullAccess"):
				f.fail(n, say("DG6502.wide", r.ID, name), hint("DG6502.wide"))
			}
		}
	}
}

// unlimited are actions that name no resource (Service Authorization Reference),
// by how they begin.
var unlimited = []string{
	"cloudwatch:PutMetricData", "ssmmessages:", "ec2messages:", "ssm:UpdateInstanceInformation", "ssm:ListAssociations", "sts:GetCallerIdentity",
	"logs:DescribeLogGroups", "ec2:Describe", "autoscaling:Describe", "elasticloadbalancing:Describe", "kms:ListAliases", "xray:", "ecr:GetAuthorizationToken",
}

// statements finds roles that may do anything with something, or something with
// anything, and roles that anybody may take.
func statements(f *finder) {
	for _, r := range f.Of("AWS::IAM::Role") {
		for _, s := range f.statementsOf(r) {
			f.statement(r, s)
		}
		trust, _ := items(find(r.Props, "AssumeRolePolicyDocument"), "Statement")
		for _, s := range trust {
			f.trust(r, s)
		}
		for _, doc := range append(f.documentsOf(r), find(r.Props, "AssumeRolePolicyDocument")) {
			f.grammar(doc)
		}
	}
}

// grammar finds words that the language of policies does not have: IAM refuses
// them, and an old version reads variables as text.
func (f *finder) grammar(doc *node) {
	if v, ok := text(doc, "Version"); ok && v != "2012-10-17" && v != "2008-10-17" {
		f.fail(find(doc, "Version"), say("DG6603", "Version", v), say("DG6603.hint", "2012-10-17"))
	}
	all, _ := items(doc, "Statement")
	for _, s := range all {
		if v, ok := text(s, "Effect"); ok && v != "Allow" && v != "Deny" {
			f.fail(find(s, "Effect"), say("DG6603", "Effect", v), say("DG6603.hint", "Allow, Deny"))
		}
	}
}

func (f *finder) statement(r *Resource, s *node) {
	if effect, ok := text(s, "Effect"); !ok || effect != "Allow" {
		return
	}
	if n := find(s, "NotAction"); n != nil {
		f.fail(n, say("DG6502.action", r.ID, "NotAction"), hint("DG6502.action"))
		return
	}
	actions, _ := items(s, "Action")
	limited := false
	for _, a := range actions {
		name := textOf(a)
		if name == "*" || strings.HasSuffix(name, ":*") {
			f.fail(a, say("DG6502.action", r.ID, name), hint("DG6502.action"))
			return
		}
		limited = limited || !slices.ContainsFunc(unlimited, func(p string) bool { return strings.HasPrefix(name, p) })
	}
	resources, _ := items(s, "Resource")
	for _, n := range resources {
		if name := textOf(n); limited && everything(name) && find(s, "Condition") == nil {
			f.warn(n, say("DG6502.resource", r.ID, textOf(actions[0])), hint("DG6502.resource"))
		}
	}
}

// whole are parts of accounts of which no proxy needs all: what follows the account in
// an ARN is their word and a star.
var whole = []string{"", "parameter", "secret", "key", "role", "user", "instance", "table", "function"}

// open is a part of text that the template leaves open.
var open = regexp.MustCompile(`\$\{[^}]*\}`)

// everything reports whether a resource of a policy is all there are of its kind.
func everything(name string) bool {
	if name == "*" {
		return true
	}
	parts := strings.SplitN(open.ReplaceAllString(name, "x"), ":", 6)
	if len(parts) < 6 || !strings.HasSuffix(parts[5], "*") {
		return false
	}
	word := strings.TrimRight(parts[5], "*/:")
	return slices.Contains(whole, word) && parts[2] != "logs"
}

// keys finds keys that anybody may use.
func keys(f *finder) {
	for _, k := range f.Of("AWS::KMS::Key") {
		all, _ := items(find(k.Props, "KeyPolicy"), "Statement")
		for _, s := range all {
			if effect, _ := text(s, "Effect"); effect == "Allow" {
				f.anybody(s, say("DG6502.key", k.ID), hint("DG6502.key"))
			}
		}
	}
}

// logKey finds a group of logs with a key that CloudWatch Logs may not use: the group
// cannot be made (CloudWatch Logs user guide, "Encrypt log data using AWS KMS").
func (f *finder) logKey(g *Resource) {
	key := f.To(find(g.Props, "KmsKeyId"))
	if key == nil || key.Type != "AWS::KMS::Key" || len(f.Of("aws_kms_key_policy")) > 0 {
		return
	}
	all, known := items(find(key.Props, "KeyPolicy"), "Statement")
	for _, s := range all {
		services, told := items(s, "Principal", "Service")
		known = known && told && !slices.ContainsFunc(services, func(n *node) bool { return n.Tag != "" || strings.HasPrefix(n.Text, "logs.") })
	}
	if known && !template.Unknown(key.Props, "KeyPolicy") {
		f.fail(g.Place("KmsKeyId"), say("DG6505.key", g.ID, key.ID), hint("DG6505.key"))
	}
}

func (f *finder) trust(r *Resource, s *node) {
	f.anybody(s, say("DG6502.trust", r.ID), hint("DG6502.trust"))
}

// anybody finds a statement for every account.
func (f *finder) anybody(s *node, summary, h reason.Because) {
	p := find(s, "Principal")
	if p == nil || find(s, "Condition") != nil {
		return
	}
	who, _ := items(p, "AWS")
	if p.Scalar() {
		who = []*node{p}
	}
	more, _ := items(p, "*")
	for _, n := range append(who, more...) {
		if n.Tag == "" && n.Text == "*" {
			f.fail(n, summary, h)
		}
	}
}

// admitting are managed policies with which Session Manager knows an instance; some
// have findings of their own.
var admitting = []string{"AmazonSSMManaged", "AmazonEC2RoleforSSM", "AdministratorAccess", "PowerUserAccess"}

// managed finds instances without a role, and those that operators cannot reach.
func managed(f *finder) {
	for _, t := range f.Of(typeTemplate) {
		if data := find(t.Props, "LaunchTemplateData"); data != nil && find(data, "IamInstanceProfile") == nil {
			f.fail(t.Place("LaunchTemplateData"), say("DG6504", t.ID), hint("DG6504"))
		}
	}
	for _, role := range f.fleetRoles() {
		f.taken(role)
		arns, known := items(role.Props, "ManagedPolicyArns")
		reached := !known
		for _, n := range arns {
			reached = reached || n.Tag != "" || slices.ContainsFunc(admitting, func(name string) bool { return strings.Contains(n.Text, name) })
		}
		for _, s := range f.statementsOf(role) {
			actions, all := items(s, "Action")
			reached = reached || !all || slices.ContainsFunc(actions, func(a *node) bool { return strings.HasPrefix(textOf(a), "ssmmessages:") })
		}
		if !reached {
			f.warn(role.Place("ManagedPolicyArns"), say("DG6504.session", role.ID), hint("DG6504.session"))
		}
	}
}

// taken finds a role of instances that EC2 may not take.
func (f *finder) taken(role *Resource) {
	trust, known := items(find(role.Props, "AssumeRolePolicyDocument"), "Statement")
	if !known || len(trust) == 0 {
		return
	}
	for _, s := range trust {
		who := find(s, "Principal", "Service")
		services, all := items(s, "Principal", "Service")
		if !all || who == nil || slices.ContainsFunc(services, func(n *node) bool { return n.Kind == yamldoc.Broken || strings.HasPrefix(n.Text, "ec2.") }) {
			return
		}
	}
	f.fail(role.Place("AssumeRolePolicyDocument"), say("DG6504.taken", role.ID), hint("DG6504.taken"))
}

// service finds an endpoint service that anybody may use, or that takes everybody
// who asks.
func service(f *finder) {
	const permissions = "AWS::EC2::VPCEndpointServicePermissions"
	for _, p := range f.Of(permissions) {
		all, _ := items(p.Props, "AllowedPrincipals")
		for _, n := range all {
			if n.Text == "*" && n.Tag == "" {
				f.warn(n, say("DG6503", p.ID), hint("DG6503", f.Spell("AcceptanceRequired")))
			}
		}
	}
	for _, s := range f.Of("AWS::EC2::VPCEndpointService") {
		if v, ok := text(s.Props, "AcceptanceRequired"); ok && v == "false" {
			f.warn(s.Place("AcceptanceRequired"), say("DG6503.accept", s.ID), hint("DG6503", f.Spell("AcceptanceRequired")))
		}
		if len(f.Of(permissions)) == 0 && !s.Maybe {
			f.note(s.At, say("DG6503.nobody", s.ID), hint("DG6503.nobody"))
		}
	}
}

// asked are the values on which checks stand.
var asked = map[string][][]string{
	typeBalancer: {{"Type"}, {"Scheme"}, {"Subnets"}, {"SecurityGroups"}},
	typeListener: {{"Protocol"}, {"Port"}},
	typeTargets:  {{"Protocol"}, {"Port"}, {"HealthCheckProtocol"}, {"HealthCheckPath"}, {"HealthCheckPort"}},
	typeTemplate: {
		{"LaunchTemplateData", "MetadataOptions"}, {"LaunchTemplateData", "MetadataOptions", "HttpTokens"},
		{"LaunchTemplateData", "MetadataOptions", "HttpPutResponseHopLimit"}, {"LaunchTemplateData", "InstanceType"}, {"LaunchTemplateData", "UserData"},
	},
	typeSubnet:                       {{"CidrBlock"}},
	typeFleet:                        {{"VPCZoneIdentifier"}, {"TargetGroupARNs"}, {"HealthCheckType"}},
	typeHook:                         {{"LifecycleTransition"}, {"HeartbeatTimeout"}},
	"AWS::EC2::SecurityGroup":        {{"SecurityGroupIngress"}, {"SecurityGroupEgress"}},
	"AWS::EC2::SecurityGroupIngress": {{"FromPort"}, {"ToPort"}, {"CidrIp"}},
	"AWS::EC2::VPCEndpointService":   {{"AcceptanceRequired"}},
	typeEndpoint:                     {{"RouteTableIds"}, {"PrivateDnsEnabled"}, {"VpcEndpointType"}},
}

// undecided says which checks could not be made, and what they would have to know:
// that nothing is found there means nothing.
func undecided(f *finder) {
	for _, r := range f.Resources {
		for _, keys := range asked[r.Type] {
			if v := find(r.Props, keys...); v != nil && v.Kind == yamldoc.Broken {
				f.note(v, say("DG6117", f.Spell(keys[len(keys)-1]), r.ID), hint("DG6117"))
			}
		}
		for _, list := range []string{"TargetGroupAttributes", "ListenerAttributes"} {
			all, _ := items(r.Props, list)
			for _, a := range all {
				if v := find(a, "Value"); v != nil && v.Kind == yamldoc.Broken {
					key, _ := text(a, "Key")
					f.note(v, say("DG6117", f.Spell(key), r.ID), hint("DG6117"))
				}
			}
		}
		if r.Maybe && asked[r.Type] != nil {
			f.note(r.At, say("DG6117.maybe", r.ID), hint("DG6117"))
		}
	}
}
