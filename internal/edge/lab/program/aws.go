package program

import (
	"strconv"
	"strings"
	"time"
)

// seconds writes d as options of programs take it.
func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) }

// operations are commands of the AWS CLI by the action that they need. A service
// stands there by itself with what is asked if no action is named. Where the CLI
// wants arguments, they name what need not exist.
var operations = map[string]string{
	"sts":                             "sts get-caller-identity",
	"sts:GetCallerIdentity":           "sts get-caller-identity",
	"sts:AssumeRole":                  "sts assume-role --role-arn arn:aws:iam::123456789012:role/lab --role-session-name lab",
	"sns":                             "sns list-topics",
	"sns:ListTopics":                  "sns list-topics",
	"sns:Publish":                     "sns publish --topic-arn arn:aws:sns:{region}:123456789012:lab --message hello",
	"ssm":                             "ssm describe-instance-information",
	"ssm:DescribeInstanceInformation": "ssm describe-instance-information",
	"ssm:GetParameter":                "ssm get-parameter --name /lab/greeting",
	"ssm:GetParameters":               "ssm get-parameters --names /lab/greeting",
	"sqs":                             "sqs list-queues",
	"sqs:ListQueues":                  "sqs list-queues",
	"sqs:SendMessage":                 "sqs send-message --queue-url {url} --message-body hello",
	"kms":                             "kms list-keys",
	"kms:ListKeys":                    "kms list-keys",
	"kms:Decrypt":                     "kms decrypt --ciphertext-blob AAAA",
	"logs":                            "logs describe-log-groups",
	"logs:DescribeLogGroups":          "logs describe-log-groups",
	"monitoring":                      "cloudwatch list-metrics",
	"cloudwatch:ListMetrics":          "cloudwatch list-metrics",
	"ec2":                             "ec2 describe-regions",
	"ec2:DescribeInstances":           "ec2 describe-instances",
	"ecs":                             "ecs list-clusters",
	"events":                          "events list-rules",
	"states":                          "stepfunctions list-state-machines",
	"lambda":                          "lambda list-functions",
	"secretsmanager":                  "secretsmanager list-secrets",
	"secretsmanager:GetSecretValue":   "secretsmanager get-secret-value --secret-id lab",
	"dynamodb":                        "dynamodb list-tables",
	"dynamodb:ListTables":             "dynamodb list-tables",
	"dynamodb:GetItem":                "dynamodb get-item --table-name lab --key {\"id\":{\"S\":\"1\"}}",
	"ecr.api":                         "ecr describe-repositories",
	"elasticloadbalancing":            "elbv2 describe-load-balancers",
	"autoscaling":                     "autoscaling describe-auto-scaling-groups",
	"cloudformation":                  "cloudformation list-stacks",
	"iam":                             "iam list-users",
}

// aws is the command of the CLI. The host is that of the URL, whatever the CLI
// would have asked by itself: --endpoint-url says so. With it the CLI names
// buckets in the path (aws-cli 2.9.19); without it, in the host, and knows one
// host for each.
func (r *Request) aws() ([]string, bool) {
	endpoint := []string{"--endpoint-url", r.URL.Scheme + "://" + r.URL.Host}
	args := []string{"aws", "--region", r.region(), "--output", "text", "--cli-connect-timeout", strconv.Itoa(int(r.Connect.Seconds())), "--cli-read-timeout", strconv.Itoa(int(r.Total.Seconds()))}
	switch {
	case !r.Asked.AWS || r.region() == "":
		return nil, false
	case r.Asked.Service != "s3":
		text, ok := r.operation()
		if !ok {
			return nil, false
		}
		replace := strings.NewReplacer("{region}", r.region(), "{url}", r.URL.String())
		for word := range strings.FieldsSeq(text) {
			args = append(args, replace.Replace(word))
		}
	default:
		if bucket := r.Asked.Bucket; bucket != "" && strings.HasPrefix(r.URL.Host, bucket+".") {
			if endpoint = nil; r.URL.Scheme != "https" || r.URL.Host != bucket+".s3."+r.region()+".amazonaws.com" || strings.Contains(bucket, ".") {
				return nil, false
			}
		}
		words, ok := r.s3()
		if !ok {
			return nil, false
		}
		args = append(args, words...)
	}
	return append(args, endpoint...), true
}

// operation is the command for a service that is not S3.
func (r *Request) operation() (string, bool) {
	if text, ok := operations[r.Asked.Action]; ok {
		return text, true
	}
	if !strings.HasSuffix(r.Asked.Action, ":") {
		return "", false
	}
	text, ok := operations[r.Asked.Service]
	return text, ok
}

// s3 are the words of a command for S3, as people type it where they can.
func (r *Request) s3() ([]string, bool) {
	bucket, key := r.Asked.Bucket, r.Asked.Object
	at := []string{"--bucket", bucket, "--key", key}
	switch r.Asked.Action {
	case "s3:ListAllMyBuckets":
		return []string{"s3", "ls"}, bucket == ""
	case "s3:ListBucket":
		return []string{"s3", "ls", "s3://" + bucket}, bucket != ""
	case "s3:GetBucketLocation":
		return []string{"s3api", "get-bucket-location", "--bucket", bucket}, bucket != ""
	case "s3:GetObject":
		return []string{"s3", "cp", "s3://" + bucket + "/" + key, "-"}, key != ""
	case "s3:PutObject":
		return append([]string{"s3api", "put-object"}, at...), key != ""
	case "s3:DeleteObject":
		return append([]string{"s3api", "delete-object"}, at...), key != ""
	}
	return nil, false
}
