package access

import (
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/netset"
)

// plain puts a character for every *.
func plain(pattern string) string { return strings.ReplaceAll(pattern, "*", "x") }

// plainRegion is a region of the form of pattern.
func plainRegion(pattern string) string {
	for _, r := range someRegion {
		if netset.Glob(pattern, r) {
			return r
		}
	}
	return plain(pattern)
}

// someRegion is a region for each place that patterns tell apart.
var someRegion = []string{"us-east-1", "us-west-2", "ap-northeast-1", "ap-northeast-3", "ap-southeast-1",
	"eu-west-1", "eu-central-1", "sa-east-1", "ca-central-1", "me-south-1", "af-south-1", "il-central-1",
	"mx-central-1", "us-gov-west-1", "cn-north-1", "eusc-de-east-1"}

// perKind is a host of every kind, and of every way to hide what one is.
var perKind = []string{
	"sts.us-east-1.amazonaws.com", "iam.amazonaws.com", "s3.us-east-1.amazonaws.com",
	"any-bucket.s3.us-east-1.amazonaws.com", "123456789012.dkr.ecr.us-east-1.amazonaws.com",
	"web-1234567890.us-east-1.elb.amazonaws.com", "d111111abcdef8.cloudfront.net",
	"vpce-0a1b2c3d4e5f67890-abcdefgh.ssm.us-east-1.vpce.amazonaws.com",
	"bucket.vpce-0a1b2c3d4e5f67890-abcdefgh.s3.us-east-1.vpce.amazonaws.com",
	"console.aws.amazon.com", "cdn.amazonlinux.com", "x.us-east-1.on.aws", "www.example.com",
}
