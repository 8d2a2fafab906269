package cloudformation

import (
	"github.com/deguchi-project/deguchi/internal/engine/kit/tree"
	"github.com/deguchi-project/deguchi/internal/model/kitfile"
)

// logs keep what the proxies write: for a while where it can be searched, for
// long where it is cheap, and nowhere where an instance could delete it.
func (s *Stack) logs() {
	k := s.plan.Kit
	group := tree.Map("LogGroupName", "/deguchi/"+k.Name, "RetentionInDays", k.Logs.Days)
	if k.Logs.KMS {
		s.key()
		tree.Set(group, "KmsKeyId", att("Key.Arn"))
	}
	s.resource("LogGroup", "AWS::Logs::LogGroup", group, "DeletionPolicy", "Retain", "UpdateReplacePolicy", "Retain")
	s.filters()
	if k.Logs.Archive > 0 {
		s.archive()
	}
}

// key encrypts the log group and the archive.
func (s *Stack) key() {
	s.resource("Key", "AWS::KMS::Key", tree.Map(
		"Description", "Access logs of "+s.plan.Kit.Name, "EnableKeyRotation", true,
		"KeyPolicy", policy(
			tree.Map("Sid", "Account", "Effect", "Allow", "Principal", tree.Map("AWS", sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")),
				"Action", "kms:*", "Resource", "*"),
			tree.Map("Sid", "Logs", "Effect", "Allow", "Principal", tree.Map("Service", sub("logs.${AWS::Region}.${AWS::URLSuffix}")),
				"Action", tree.List("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"), "Resource", "*",
				"Condition", tree.Map("ArnEquals", tree.Map("kms:EncryptionContext:aws:logs:arn",
					sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/deguchi/"+s.plan.Kit.Name)))),
		)), "DeletionPolicy", "Retain", "UpdateReplacePolicy", "Retain")
}

// metricSpace is where the metrics stand that are made from the log.
func (s *Stack) metricSpace() string { return "Deguchi/" + s.plan.Kit.Name }

// filters count requests by verdict from the access log, so that instances need
// no right, and a closed VPC no endpoint, to send metrics.
func (s *Stack) filters() {
	for _, f := range [][2]string{{"Allowed", "allowed"}, {"Denied", "denied"}, {"WouldDeny", "would-deny"}} {
		s.resource("Count"+f[0], "AWS::Logs::MetricFilter", tree.Map(
			"LogGroupName", ref("LogGroup"), "FilterPattern", `{ $.event = "end" && $.verdict = "`+f[1]+`" }`,
			"MetricTransformations", tree.List(tree.Map(
				"MetricNamespace", s.metricSpace(), "MetricName", f[0], "MetricValue", "1", "DefaultValue", 0, "Unit", "Count"))))
	}
}

// archive sends the log on to S3, by Firehose: neither instances nor the log
// group can take anything out of it again.
func (s *Stack) archive() {
	s.bucket()
	var key *tree.Node
	write := []any{
		tree.Map("Effect", "Allow", "Action", tree.List("s3:AbortMultipartUpload", "s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:PutObject"),
			"Resource", tree.List(att("Archive.Arn"), sub("${Archive.Arn}/*"))),
	}
	if s.plan.Kit.Logs.KMS {
		key = att("Key.Arn")
		write = append(write, tree.Map("Effect", "Allow", "Action", tree.List("kms:GenerateDataKey", "kms:Decrypt"), "Resource", key))
	}
	s.resource("StreamRole", "AWS::IAM::Role", tree.Map(
		"AssumeRolePolicyDocument", policy(assumed("firehose.amazonaws.com", "StringEquals", "sts:ExternalId", ref("AWS::AccountId"))),
		"Policies", tree.List(tree.Map("PolicyName", "archive", "PolicyDocument", policy(write...)))))
	s.resource("Stream", "AWS::KinesisFirehose::DeliveryStream", tree.Map(
		"DeliveryStreamType", "DirectPut",
		"ExtendedS3DestinationConfiguration", tree.Map(
			"BucketARN", att("Archive.Arn"), "RoleARN", att("StreamRole.Arn"),
			"Prefix", "access/", "ErrorOutputPrefix", "errors/",
			"BufferingHints", tree.Map("IntervalInSeconds", 300, "SizeInMBs", 64),
			// What CloudWatch Logs sends is compressed already.
			"CompressionFormat", "UNCOMPRESSED")))
	s.resource("ForwardRole", "AWS::IAM::Role", tree.Map(
		"AssumeRolePolicyDocument", policy(assumed("logs.amazonaws.com", "StringLike", "aws:SourceArn", sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*"))),
		"Policies", tree.List(tree.Map("PolicyName", "forward", "PolicyDocument", policy(
			tree.Map("Effect", "Allow", "Action", tree.List("firehose:PutRecord", "firehose:PutRecordBatch"), "Resource", att("Stream.Arn")))))))
	s.resource("Forward", "AWS::Logs::SubscriptionFilter", tree.Map(
		"LogGroupName", ref("LogGroup"), "FilterPattern", "", "DestinationArn", att("Stream.Arn"), "RoleArn", att("ForwardRole.Arn")))
	s.output("ArchiveBucket", ref("Archive"), "S3 bucket of the access logs")
}

// assumed lets a service take a role, for this account only. What tells the
// account differs between services (CloudFormation reference,
// AWS::KinesisFirehose::DeliveryStream; CloudWatch Logs user guide,
// "Subscription filters with Amazon Data Firehose").
func assumed(service, operator, key string, value *tree.Node) *tree.Node {
	return tree.Map("Effect", "Allow", "Principal", tree.Map("Service", service), "Action", "sts:AssumeRole",
		"Condition", tree.Map(operator, tree.Map(key, value)))
}

// bucket is the archive. With a lock, what is written stays until its days are
// over.
func (s *Stack) bucket() {
	l := s.plan.Kit.Logs
	rule := tree.Map("SSEAlgorithm", "AES256")
	if l.KMS {
		rule = tree.Map("SSEAlgorithm", "aws:kms", "KMSMasterKeyID", att("Key.Arn"))
	}
	properties := tree.Map(
		"BucketEncryption", tree.Map("ServerSideEncryptionConfiguration", tree.List(tree.Map("ServerSideEncryptionByDefault", rule, "BucketKeyEnabled", l.KMS))),
		"PublicAccessBlockConfiguration", tree.Map("BlockPublicAcls", true, "BlockPublicPolicy", true, "IgnorePublicAcls", true, "RestrictPublicBuckets", true),
		"OwnershipControls", tree.Map("Rules", tree.List(tree.Map("ObjectOwnership", "BucketOwnerEnforced"))),
		"VersioningConfiguration", tree.Map("Status", "Enabled"),
		"LifecycleConfiguration", tree.Map("Rules", tree.List(tree.Map(
			"Id", "retention", "Status", "Enabled", "ExpirationInDays", l.Archive,
			"NoncurrentVersionExpiration", tree.Map("NoncurrentDays", 1),
			"AbortIncompleteMultipartUpload", tree.Map("DaysAfterInitiation", 7)))),
	)
	if l.Lock != kitfile.NoLock {
		mode := map[kitfile.Lock]string{kitfile.Governance: "GOVERNANCE", kitfile.Compliance: "COMPLIANCE"}[l.Lock]
		tree.Set(properties, "ObjectLockEnabled", true)
		tree.Set(properties, "ObjectLockConfiguration", tree.Map("ObjectLockEnabled", "Enabled",
			"Rule", tree.Map("DefaultRetention", tree.Map("Mode", mode, "Days", l.Archive))))
	}
	s.resource("Archive", "AWS::S3::Bucket", properties, "DeletionPolicy", "Retain", "UpdateReplacePolicy", "Retain")
	s.resource("ArchivePolicy", "AWS::S3::BucketPolicy", tree.Map("Bucket", ref("Archive"), "PolicyDocument", policy(tree.Map(
		"Sid", "OnlyTLS", "Effect", "Deny", "Principal", "*", "Action", "s3:*",
		"Resource", tree.List(att("Archive.Arn"), sub("${Archive.Arn}/*")),
		"Condition", tree.Map("Bool", tree.Map("aws:SecureTransport", "false"))))))
}
