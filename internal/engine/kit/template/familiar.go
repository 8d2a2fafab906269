package template

import (
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// familiar gives r the words and keys that checks ask for where CloudFormation has
// several ways to say one thing. Its own keys stay.
func familiar(r *Resource) {
	t, _ := awsdata.StackTypeNamed(r.Type)
	truths(&t, "", r.Props)
	switch r.Type {
	case "AWS::ElasticLoadBalancingV2::LoadBalancer":
		gather(r.Props, "SubnetMappings", "SubnetId", "Subnets")
	case "AWS::ElasticLoadBalancingV2::Listener":
		actions, _ := Items(r.Props, "DefaultActions")
		for _, a := range actions {
			if groups, _ := Items(a, "ForwardConfig", "TargetGroups"); len(groups) > 0 && a.Find("TargetGroupArn") == nil {
				if arn := groups[0].Find("TargetGroupArn"); arn != nil {
					set(a, []string{"TargetGroupArn"}, arn)
				}
			}
		}
	case "AWS::AutoScaling::AutoScalingGroup":
		gather(r.Props, "TrafficSources", "Identifier", "TargetGroupARNs")
		if v := Find(r.Props, "MixedInstancesPolicy", "LaunchTemplate", "LaunchTemplateSpecification"); v != nil {
			set(r.Props, []string{"LaunchTemplate"}, v)
		}
	case "AWS::AutoScaling::LaunchConfiguration":
		configuration(r)
	}
}

// gather puts what key is in the items of from into the list to. A list of which
// something is not known is not known.
func gather(props *Node, from, key, to string) {
	if Unknown(props, from) {
		set(props, []string{to}, props.Find(from))
		return
	}
	list, _ := Items(props, from)
	for _, item := range list {
		if v := item.Find(key); v != nil {
			put(props, to, v)
		} else if item.Kind == yamldoc.Broken {
			put(props, to, item)
		}
	}
}

// configuration makes a launch template of a launch configuration, its older form:
// what stands in it is the same under other keys.
func configuration(r *Resource) {
	old := r.Props
	data := made(r.At, "ImageId", old.Find("ImageId"), "InstanceType", old.Find("InstanceType"), "KeyName", old.Find("KeyName"), "UserData", old.Find("UserData"),
		"MetadataOptions", old.Find("MetadataOptions"), "SecurityGroupIds", old.Find("SecurityGroups"), "BlockDeviceMappings", old.Find("BlockDeviceMappings"))
	if p := old.Find("IamInstanceProfile"); p != nil {
		set(data, []string{"IamInstanceProfile"}, made(p, "Name", p))
	}
	if v := old.Find("AssociatePublicIpAddress"); v != nil {
		put(data, "NetworkInterfaces", made(v, "AssociatePublicIpAddress", v))
	}
	r.Type, r.Props = "AWS::EC2::LaunchTemplate", made(r.At, "LaunchTemplateData", data)
}

// spelt11 are the truth values of YAML 1.1, which CloudFormation reads (user guide,
// "CloudFormation template formats"), beside true and false.
var spelt11 = map[string]string{
	"True": "true", "TRUE": "true", "yes": "true", "Yes": "true", "YES": "true", "on": "true", "On": "true", "ON": "true",
	"False": "false", "FALSE": "false", "no": "false", "No": "false", "NO": "false", "off": "false", "Off": "false", "OFF": "false",
}

// truths puts true and false for what means them below n, which stands at path: words
// without quotes that are none of those that their key takes.
func truths(t *awsdata.StackType, path string, n *Node) {
	for _, item := range n.Items {
		truths(t, path, item)
	}
	for _, e := range n.Entries {
		at := strings.TrimPrefix(path+"."+e.Key.Text, ".")
		v := e.Value
		word, ok := spelt11[v.Text]
		if ok && v.Tag == "" && (v.Kind == yamldoc.Bool || v.Kind == yamldoc.Text && v.Len == len(v.Text)) && !slices.Contains(t.Words[at], v.Text) {
			v.Kind, v.Text = yamldoc.Bool, word
		}
		truths(t, at, v)
	}
}
