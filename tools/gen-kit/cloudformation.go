package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// detailed are the types whose keys a table has: those of fleets of proxies, and
// what stands beside them. Of the others it has the name.
var detailed = []string{
	"AWS::AutoScaling::AutoScalingGroup", "AWS::AutoScaling::LaunchConfiguration", "AWS::AutoScaling::LifecycleHook",
	"AWS::AutoScaling::ScalingPolicy", "AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard",
	"AWS::EC2::EIP", "AWS::EC2::FlowLog", "AWS::EC2::InternetGateway", "AWS::EC2::LaunchTemplate", "AWS::EC2::NatGateway", "AWS::EC2::Route",
	"AWS::EC2::RouteTable", "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress",
	"AWS::EC2::Subnet", "AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::TransitGatewayAttachment", "AWS::EC2::VPC",
	"AWS::EC2::VPCEndpoint", "AWS::EC2::VPCEndpointService", "AWS::EC2::VPCEndpointServicePermissions",
	"AWS::EC2::VPCGatewayAttachment", "AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::LoadBalancer",
	"AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::IAM::InstanceProfile", "AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::Role",
	"AWS::KMS::Alias", "AWS::KMS::Key", "AWS::KinesisFirehose::DeliveryStream", "AWS::Logs::LogGroup", "AWS::Logs::MetricFilter",
	"AWS::Logs::SubscriptionFilter", "AWS::Route53::HostedZone", "AWS::Route53::RecordSet", "AWS::S3::Bucket",
	"AWS::S3::BucketPolicy", "AWS::SNS::Topic", "AWS::SSM::Parameter",
}

// schema is a JSON schema, as far as it is read.
type schema struct {
	TypeName    string             `json:"typeName"`
	Ref         string             `json:"$ref"`
	Properties  map[string]*schema `json:"properties"`
	Definitions map[string]*schema `json:"definitions"`
	Items       *schema            `json:"items"`
	Required    []string           `json:"required"`
	Enum        []any              `json:"enum"`
	ReadOnly    []string           `json:"readOnlyProperties"`
	Type        any                `json:"type"` // a word, or several
	Pattern     map[string]any     `json:"patternProperties"`
}

// stackRow is a row of table/cloudformation.json. Paths are joined by dots;
// lists are passed through: "Tags.Key".
type stackRow struct {
	Type     string              `json:"type"`
	Keys     []string            `json:"keys,omitempty"`
	Open     []string            `json:"open,omitempty"` // maps that take any key
	Required []string            `json:"required,omitempty"`
	Words    map[string][]string `json:"words,omitempty"` // values that a key can have
	Returns  []string            `json:"returns,omitempty"`
}

var typeLine = regexp.MustCompile(`(?m)^\s+"(AWS::[A-Za-z0-9:]+)": "([0-9a-f]+)",?$`)

// cloudFormation returns the rows of resource types.
func cloudFormation(data fs.FS) ([]any, error) {
	index, err := fs.ReadFile(data, "providers/us_east_1.py")
	if err != nil {
		return nil, err
	}
	var rows []any
	files := make(map[string]string)
	for _, m := range typeLine.FindAllStringSubmatch(string(index), -1) {
		files[m[1]] = m[2]
	}
	for _, typ := range slices.Sorted(maps.Keys(files)) {
		row := stackRow{Type: typ}
		if slices.Contains(detailed, typ) {
			src, err := fs.ReadFile(data, path.Join("resources", files[typ]+".json"))
			if err != nil {
				return nil, err
			}
			var s schema
			if err := json.Unmarshal(src, &s); err != nil {
				return nil, fmt.Errorf("%s: %w", typ, err)
			}
			row.fill(&s)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (r *stackRow) fill(root *schema) {
	r.Words = make(map[string][]string)
	r.walk("", root, root, 0)
	for _, list := range []*[]string{&r.Keys, &r.Open, &r.Required} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	for _, p := range root.ReadOnly {
		r.Returns = append(r.Returns, strings.ReplaceAll(strings.TrimPrefix(p, "/properties/"), "/", "."))
	}
	slices.Sort(r.Returns)
}

// most bounds the words of a key: more are a table of their own, as instance
// types are.
const most = 64

// deepest bounds schemas that contain themselves.
const deepest = 8

// walk adds what stands below s, which path leads to.
func (r *stackRow) walk(at string, s, root *schema, depth int) {
	for s.Ref != "" {
		s = root.Definitions[path.Base(s.Ref)]
		if s == nil {
			r.Open = append(r.Open, at)
			return
		}
	}
	switch {
	case s.Items != nil:
		r.walk(at, s.Items, root, depth)
		return
	case len(s.Enum) > most:
	case len(s.Enum) > 0 && at != "":
		for _, v := range s.Enum {
			r.Words[at] = append(r.Words[at], fmt.Sprint(v))
		}
	case len(s.Properties) == 0 || len(s.Pattern) > 0 || depth > deepest:
		if at != "" && (s.Type == nil || strings.Contains(fmt.Sprint(s.Type), "object")) {
			r.Open = append(r.Open, at)
		}
		return
	}
	below := func(name string) string { return strings.TrimPrefix(at+"."+name, ".") }
	for name, p := range s.Properties {
		if slices.Contains(root.ReadOnly, "/properties/"+strings.ReplaceAll(below(name), ".", "/")) {
			continue
		}
		r.Keys = append(r.Keys, below(name))
		r.walk(below(name), p, root, depth+1)
	}
	for _, name := range s.Required {
		r.Required = append(r.Required, below(name))
	}
}

// typeRow is a row of table/instancetypes.json: a family with its sizes.
type typeRow struct {
	Family string   `json:"family"`
	Sizes  []string `json:"sizes"`
}

// instanceTypes returns the rows of instance types, those of every region.
func instanceTypes(data fs.FS) ([]any, error) {
	src, err := fs.ReadFile(data, "extensions/aws_ec2_instance/instancetype_enum.json")
	if err != nil {
		return nil, err
	}
	var regions map[string]json.RawMessage
	if err := json.Unmarshal(src, &regions); err != nil {
		return nil, err
	}
	families := make(map[string][]string)
	for _, list := range regions {
		var region struct {
			Enum []string `json:"enum"`
		}
		if bytes.HasPrefix(list, []byte(`"`)) {
			continue // the name of another
		}
		if err := json.Unmarshal(list, &region); err != nil {
			return nil, err
		}
		for _, name := range region.Enum {
			family, size, _ := strings.Cut(name, ".")
			if !slices.Contains(families[family], size) {
				families[family] = append(families[family], size)
			}
		}
	}
	var rows []any
	for _, family := range slices.Sorted(maps.Keys(families)) {
		slices.Sort(families[family])
		rows = append(rows, typeRow{family, families[family]})
	}
	return rows, nil
}
