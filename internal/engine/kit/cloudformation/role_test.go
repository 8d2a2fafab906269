package cloudformation_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/engine/kit/cloudformation"
	"github.com/deguchi-project/deguchi/internal/engine/kit/kittest"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// TestRole: an instance may do what it must, on what is its own.
func TestRole(t *testing.T) {
	const here = "${AWS::Region}:${AWS::AccountId}:"
	want := map[string]string{
		"ssm:GetParameter":                    "arn:${AWS::Partition}:ssm:" + here + "parameter${Configuration}",
		"logs:CreateLogStream":                "LogGroup.Arn",
		"logs:DescribeLogStreams":             "LogGroup.Arn",
		"logs:PutLogEvents":                   "LogGroup.Arn",
		"autoscaling:CompleteLifecycleAction": "arn:${AWS::Partition}:autoscaling:" + here + "autoScalingGroup:*:autoScalingGroupName/${AWS::StackName}-fleet",
	}
	for name, src := range kittest.Matrix() {
		want["s3:GetObject"] = "arn:${AWS::Partition}:s3:::${BinaryBucket}/${BinaryKey}"
		if strings.HasPrefix(name, "package") {
			want["s3:GetObject"] = "arn:${AWS::Partition}:s3:::${PackageBucket}/${PackageKey}"
		}
		role := cloudformation.Stacks(kittest.Plan(t, src))[0].Root.Find("Resources").Find("Role").Find("Properties")
		if diff := cmp.Diff(want, granted(t, role)); diff != "" {
			t.Errorf("%s: the instances' role (-want +got):\n%s", name, diff)
		}
		if managed := role.Find("ManagedPolicyArns").Items; len(managed) != 1 || managed[0].Text != "arn:${AWS::Partition}:iam::aws:policy/AmazonSSMManagedInstanceCore" {
			t.Errorf("%s: managed policies %v", name, managed)
		}
	}
}

// TestRolesNameWhatTheyAreFor: no role of a stack has a right to everything, or
// everything of a service.
func TestRolesNameWhatTheyAreFor(t *testing.T) {
	roles := 0
	for name, src := range kittest.Matrix() {
		for _, s := range cloudformation.Stacks(kittest.Plan(t, src)) {
			for _, e := range s.Root.Find("Resources").Entries {
				if e.Value.Find("Type").Text != "AWS::IAM::Role" {
					continue
				}
				roles++
				for action, resource := range granted(t, e.Value.Find("Properties")) {
					if strings.Contains(action, "*") || resource == "*" || strings.HasSuffix(resource, ":*") {
						t.Errorf("%s: %s may %s on %s", name, e.Key.Text, action, resource)
					}
				}
			}
		}
	}
	if roles < 10 {
		t.Errorf("%d roles seen", roles)
	}
}

// granted is what a role's own policies allow, on what.
func granted(t *testing.T, role *yamldoc.Node) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, p := range role.Find("Policies").Items {
		for _, s := range p.Find("PolicyDocument").Find("Statement").Items {
			if s.Find("Effect").Text != "Allow" {
				t.Fatalf("a statement that does not allow: %v", s)
			}
			for _, action := range texts(s.Find("Action")) {
				all[action] = strings.Join(texts(s.Find("Resource")), " ")
			}
		}
	}
	return all
}

// texts are those of a list, or the one of a text.
func texts(n *yamldoc.Node) (all []string) {
	if n.Kind == yamldoc.Text {
		return []string{n.Text}
	}
	for _, item := range n.Items {
		all = append(all, item.Text)
	}
	return all
}
