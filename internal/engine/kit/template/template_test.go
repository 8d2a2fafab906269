package template_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/engine/kit/kittest"
	"github.com/deguchi-project/deguchi/internal/engine/kit/template"
	"github.com/deguchi-project/deguchi/internal/model/hcldoc"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

const around = `
Parameters:
  Port: {Type: Number, Default: 3128}
  Zones: {Type: CommaDelimitedList, Default: "a, c"}
  Unset: {Type: String}
  On: {Type: String, Default: "true"}
  Image: {Type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", Default: /aws/service/x}
Mappings: {M: {tokyo: {cidr: 10.1.0.0/16}, loop: {x: !FindInMap [M, loop, x]}}}
Conditions:
  Yes: !Equals [!Ref On, "true"]
  No: !Not [!Condition Yes]
  Perhaps: !Equals [!Ref Unset, x]
  Both: !And [!Condition Yes, !Condition Perhaps]
  Either: !Or [!Condition Yes, !Condition Perhaps]
  Itself: !Condition Itself
Resources:
  Vpc: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: 10.40.0.0/16}}
  It: {Type: "Custom::It", Properties: {Value: %s}}
`

// shown is n in one line.
func shown(n *template.Node) string {
	switch {
	case n == nil:
		return "nothing"
	case n.Tag == hcldoc.Ref:
		return "<" + n.Text + ">"
	case n.Tag != "":
		return n.Tag + " " + n.Text
	case n.Kind == yamldoc.Broken:
		return "?" + n.Text
	case n.Kind == yamldoc.List:
		var all []string
		for _, item := range n.Items {
			all = append(all, shown(item))
		}
		return "[" + strings.Join(all, " ") + "]"
	}
	return n.Text
}

// TestFunctions: CloudFormation's functions come to what the template tells, and
// to nothing where only the deployment knows.
func TestFunctions(t *testing.T) {
	for expr, want := range map[string]string{
		`!Ref Port`:                             "3128",
		`!Ref Zones`:                            "[a c]",
		`!Ref Vpc`:                              "<Vpc>",
		`!Ref Unset`:                            "?Ref Unset",
		`!Ref Image`:                            "?/aws/service/x",
		`!Ref "AWS::Region"`:                    "${AWS::Region}",
		`!GetAtt Vpc.VpcId`:                     "<Vpc>",
		`{"Fn::GetAtt": [Vpc, VpcId]}`:          "<Vpc>",
		`!Sub "${Vpc}"`:                         "<Vpc>",
		`!Sub "p ${Port} ${!Literal} ${Unset}"`: "p 3128 ${Literal} ${Unset}",
		`!Sub ["${a}-${b}", {a: !Ref Port, b: !Ref Vpc}]`:   "3128-${b}",
		`!Join ["-", [a, !Ref Port, !Ref Vpc]]`:             "a-3128-${Vpc}",
		`!If [Yes, 1, 2]`:                                   "1",
		`!If [No, 1, 2]`:                                    "2",
		`!If [Both, 1, 2]`:                                  "?",
		`!If [Either, 1, 2]`:                                "1",
		`!If [Perhaps, 1, 2]`:                               "?",
		`!If [Itself, 1, 2]`:                                "?",
		`!If [No, 1, !Ref "AWS::NoValue"]`:                  "nothing",
		`[a, !If [No, b, !Ref "AWS::NoValue"]]`:             "[a]",
		`!Select [1, !Ref Zones]`:                           "c",
		`!Select [1, !GetAZs ""]`:                           "?Select 1 the zones of the region",
		`!Select ["1", {"Fn::GetAZs": !Ref "AWS::Region"}]`: "?Select 1 the zones of the region",
		`!Select [1, !GetAZs us-west-2]`:                    "?Select 1 !GetAZs\nus-west-2\n",
		`!Sub "${Unset}"`:                                   "?Ref Unset",
		`!Join ["", [!Ref Unset]]`:                          "?",
		`!Join ["/", [a, !Ref Unset]]`:                      "a/${Unset}",
		`!GetAtt Vpc.CidrBlock`:                             "10.40.0.0/16",
		`!Split [",", "a,b"]`:                               "[a b]",
		`!FindInMap [M, tokyo, cidr]`:                       "10.1.0.0/16",
		`!FindInMap [M, loop, x]`:                           "?",
		`!FindInMap [M, !Ref Unset, cidr]`:                  "?",
		`!Select [2, !Cidr [!GetAtt Vpc.CidrBlock, 4, 8]]`:  "10.40.2.0/24",
		`{"Fn::Base64": !Sub "port ${Port}"}`:               hcldoc.Base64 + " port 3128",
		`!ImportValue x`:                                    "?",
	} {
		tmpl, problems := template.CloudFormation("t.yaml", []byte(strings.Replace(around, "%s", expr, 1)))
		if tmpl == nil || len(problems) > 0 {
			t.Errorf("%s: %v", expr, kittest.Lines(problems))
			continue
		}
		if got := shown(tmpl.Resources[1].Props.Find("Value")); got != want {
			t.Errorf("%s = %q, want %q", expr, got, want)
		}
	}
}

// TestSame: the same parts, whichever language they are written in.
func TestSame(t *testing.T) {
	stack, _ := template.CloudFormation("t.yaml", []byte(`
Resources:
  G: {Type: "AWS::EC2::SecurityGroup", Properties: {GroupDescription: g, SecurityGroupIngress: [{CidrIp: 10.0.0.0/8, IpProtocol: tcp, FromPort: 1, ToPort: 2}]}}
  T: {Type: "AWS::ElasticLoadBalancingV2::TargetGroup", Properties: {Port: 3128, HealthCheckPort: "3129", TargetGroupAttributes: [{Key: proxy_protocol_v2.enabled, Value: "true"}]}}
  L: {Type: "AWS::ElasticLoadBalancingV2::LoadBalancer", Properties: {Type: network, Scheme: internal}}
`))
	module, _ := template.Terraform("m", template.Folder{Files: []hcldoc.File{{Name: "main.tf", Source: []byte(`
resource "aws_security_group" "G" {
  ingress {
    cidr_blocks = ["10.0.0.0/8"]
    protocol    = "tcp"
    from_port   = 1
    to_port     = 2
  }
}
resource "aws_lb_target_group" "T" {
  port              = 3128
  proxy_protocol_v2 = true
  health_check { port = 3129 }
}
resource "aws_alb" "L" {
  load_balancer_type = "network"
  internal           = true
}
`)}}}, nil)
	for i, paths := range [][][]string{
		{{"SecurityGroupIngress", "CidrIp"}, {"SecurityGroupIngress", "FromPort"}, {"SecurityGroupIngress", "IpProtocol"}},
		{{"Port"}, {"HealthCheckPort"}, {"TargetGroupAttributes", "Key"}, {"TargetGroupAttributes", "Value"}},
		{{"Type"}, {"Scheme"}},
	} {
		a, b := stack.Resources[i], module.Resources[i]
		if a.Type != b.Type {
			t.Errorf("%s is %s, %s is %s", a.ID, a.Type, b.ID, b.Type)
		}
		for _, path := range paths {
			if diff := cmp.Diff(at(a.Props, path...), at(b.Props, path...)); diff != "" {
				t.Errorf("%s %v (-stack +module):\n%s", a.ID, path, diff)
			}
		}
	}
}

// at is the text that keys lead to, through the first items of lists.
func at(n *template.Node, keys ...string) string {
	for _, key := range keys {
		if n != nil && n.Kind == yamldoc.List && len(n.Items) > 0 {
			n = n.Items[0]
		}
		if n = template.Find(n, key); n == nil {
			return "nothing"
		}
	}
	return n.Text
}
