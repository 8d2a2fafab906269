package main

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// schemas is cfn-lint's data, small.
var schemas = fstest.MapFS{
	"providers/us_east_1.py": {Data: []byte("types = {\n    \"AWS::EC2::VPC\": \"0a\",\n    \"AWS::Other::Thing\": \"0b\",\n}\n")},
	"resources/0a.json": {Data: []byte(`{"typeName": "AWS::EC2::VPC", "readOnlyProperties": ["/properties/VpcId"], "required": ["CidrBlock"],
		"definitions": {"Tag": {"type": "object", "required": ["Key"], "properties": {"Key": {"type": "string"}}}},
		"properties": {"VpcId": {"type": "string"}, "CidrBlock": {"type": "string"}, "Policy": {"type": ["object", "string"]},
			"InstanceTenancy": {"type": "string", "enum": ["default", "dedicated"]},
			"Tags": {"type": "array", "items": {"$ref": "#/definitions/Tag"}}}}`)},
	"extensions/aws_ec2_instance/instancetype_enum.json": {Data: []byte(`{"all": "us-east-1", "a": {"enum": ["t4g.small", "m7g.large"]}, "b": {"enum": ["t4g.micro", "t4g.small"]}}`)},
}

// docs is the provider's documentation, small.
var docs = fstest.MapFS{
	"r/other.html.markdown": {Data: []byte("# Resource\n")},
	"r/lb.html.markdown":    {Data: []byte("## Argument Reference\n\n* `subnets` - (Optional) x.\n")},
	"r/lb_listener.html.markdown": {Data: []byte("## Example Usage\n\n* `nothing` - (Required) x.\n\n## Argument Reference\n\nThe following arguments are required:\n\n" +
		"* `port` - (Required) x.\n\nThe following arguments are optional:\n\n* `default_action` - (Optional) x. Detailed below.\n  * `inner` - x\n\n### default_action\n\n" +
		"* `type` - (Required) x.\n* `order` and `weight` - (Optional) x.\n\n## Attribute Reference\n\n* `arn` - x.\n\n## Timeouts\n\n* `create` - x\n")},
	"r/autoscaling_group.html.markdown":          {Data: []byte("## Argument Reference\n\n* `initial_lifecycle_hook` - (Optional) x.\n")},
	"r/autoscaling_lifecycle_hook.html.markdown": {Data: []byte("## Argument Reference\n\n* `heartbeat_timeout` - (Optional) x.\n")},
	"r/lb_target_group.html.markdown":            {Data: []byte("## Argument Reference\n\n`health_check` supports the following:\n\n* `path` - (Required) x.\n")},
}

const want = `{
"source": "resource provider schemas, as in cfn-lint 1",
"taken": "2026-01-01",
"rows": [
{"type":"AWS::EC2::VPC","keys":["CidrBlock","InstanceTenancy","Policy","Tags","Tags.Key"],"open":["Policy"],"required":["CidrBlock","Tags.Key"],"words":{"InstanceTenancy":["default","dedicated"]},"returns":["VpcId"]},
{"type":"AWS::Other::Thing"}
]
}
{
"source": "EC2 instance types, as in cfn-lint 1",
"taken": "2026-01-01",
"rows": [
{"family":"m7g","sizes":["large"]},
{"family":"t4g","sizes":["micro","small"]}
]
}
{
"source": "hashicorp/terraform-provider-aws 6, website/docs/r/*.html.markdown",
"taken": "2026-02-02",
"rows": [
{"resource":"aws_alb","top":["subnets"]},
{"resource":"aws_alb_listener","top":["default_action","port"],"nested":["inner","order","type","weight"],"required":["port"],"returns":["arn"]},
{"resource":"aws_alb_target_group","nested":["path"]},
{"resource":"aws_autoscaling_group","top":["initial_lifecycle_hook"],"nested":["heartbeat_timeout"]},
{"resource":"aws_autoscaling_lifecycle_hook","top":["heartbeat_timeout"]},
{"resource":"aws_lb","top":["subnets"]},
{"resource":"aws_lb_listener","top":["default_action","port"],"nested":["inner","order","type","weight"],"required":["port"],"returns":["arn"]},
{"resource":"aws_lb_target_group","nested":["path"]},
{"resource":"aws_other"}
]
}
`

func TestGenerate(t *testing.T) {
	in := input{cfnVersion: "1", cfnDay: "2026-01-01", providerVersion: "6", providerDay: "2026-02-02"}
	tables, err := generate(in, schemas, docs)
	if err != nil {
		t.Fatal(err)
	}
	got := string(tables["cloudformation"]) + string(tables["instancetypes"]) + string(tables["terraform"])
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("generate (-want +got):\n%s", diff)
	}
}

func TestRun(t *testing.T) {
	if err := run(input{cfn: "x"}, t.TempDir()); err == nil || !strings.Contains(err.Error(), "-provider") {
		t.Errorf("run without most of its flags = %v, want the flags named", err)
	}
	if _, err := generate(input{}, fstest.MapFS{}, docs); err == nil {
		t.Error("generate without schemas succeeds")
	}
}
