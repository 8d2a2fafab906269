package cloudformation

import "github.com/deguchi-project/deguchi/internal/engine/kit/tree"

// role is what an instance may do: be managed by Systems Manager, read its
// program and configuration, write its log, end its drain.
func (s *Stack) role() {
	s.resource("Role", "AWS::IAM::Role", tree.Map(
		"AssumeRolePolicyDocument", policy(tree.Map(
			"Effect", "Allow", "Principal", tree.Map("Service", sub("ec2.${AWS::URLSuffix}")), "Action", "sts:AssumeRole")),
		"ManagedPolicyArns", tree.List(sub("arn:${AWS::Partition}:iam::aws:policy/AmazonSSMManagedInstanceCore")),
		"Policies", tree.List(tree.Map("PolicyName", "proxy", "PolicyDocument", policy(
			allow("s3:GetObject", sub("arn:${AWS::Partition}:s3:::"+s.program("Bucket")+"/"+s.program("Key"))),
			allow("ssm:GetParameter", sub("arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter${Configuration}")),
			tree.Map("Effect", "Allow",
				"Action", tree.List("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
				"Resource", att("LogGroup.Arn")),
			allow("autoscaling:CompleteLifecycleAction",
				sub("arn:${AWS::Partition}:autoscaling:${AWS::Region}:${AWS::AccountId}:autoScalingGroup:*:autoScalingGroupName/"+fleetName)),
		))),
	))
	s.resource("Profile", "AWS::IAM::InstanceProfile", tree.Map("Roles", tree.List(ref("Role"))))
}

func policy(statements ...any) *tree.Node {
	return tree.Map("Version", "2012-10-17", "Statement", tree.List(statements...))
}

func allow(action string, resource *tree.Node) *tree.Node {
	return tree.Map("Effect", "Allow", "Action", action, "Resource", resource)
}
