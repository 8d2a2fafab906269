package awsdata

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
)

// contentForms are forms of names that a customer gets, with HEAD in the place
// of what the customer chose or caused, and REGION.
var contentForms = []string{
	"HEAD-0123456789abcdef.elb.REGION.amazonaws.com", "HEAD-1234567890.REGION.elb.amazonaws.com",
	"dualstack.HEAD-1234567890.REGION.elb.amazonaws.com", "ec2-203-0-113-25.REGION.compute.amazonaws.com",
	"HEAD.execute-api.REGION.amazonaws.com", "HEAD.lambda-url.REGION.on.aws", "HEAD.appsync-api.REGION.amazonaws.com",
	"HEAD.abcdefghijkl.REGION.rds.amazonaws.com", "HEAD.cluster-ro-abcdefghijkl.REGION.rds.amazonaws.com",
	"HEAD.cluster-abcdefghijkl.REGION.docdb.amazonaws.com", "HEAD.cluster-abcdefghijkl.REGION.neptune.amazonaws.com",
	"HEAD.abcdefghijkl.REGION.redshift.amazonaws.com", "HEAD.abc123.ng.0001.use1.cache.amazonaws.com",
	"search-HEAD-abcdefghijkl.REGION.es.amazonaws.com", "HEAD.REGION.aoss.amazonaws.com",
	"b-1.HEAD.abc123.c2.kafka.REGION.amazonaws.com", "clustercfg.HEAD.abc123.memorydb.REGION.amazonaws.com",
	"HEAD.s3-website-REGION.amazonaws.com", "HEAD.s3-website.REGION.amazonaws.com", "HEAD.gr7.REGION.eks.amazonaws.com",
	"HEAD.efs.REGION.amazonaws.com", "HEAD.fsx.REGION.amazonaws.com", "HEAD.mq.REGION.amazonaws.com",
	"HEAD.server.transfer.REGION.amazonaws.com", "HEAD.grafana-workspace.REGION.amazonaws.com",
	"HEAD.cloudfront.net", "HEAD.REGION.awsapprunner.com", "HEAD.REGION.elasticbeanstalk.com", "HEAD.amplifyapp.com",
	"HEAD.auth.REGION.amazoncognito.com", "HEAD.studio.REGION.sagemaker.aws", "HEAD.ecr.aws",
}

// Whatever a customer calls a thing, its name is never taken for a service's
// endpoint: not even where the name is one of a service, a region or a suffix.
func TestCustomersContentIsNeverAPI(t *testing.T) {
	words := []string{"ssm", "s3", "api", "data", "oidc", "us-east-1", "global", "vpce", "dualstack", "console",
		"s3-fips", "amazonaws", "123456789012", "packages", "repo", "signin", "iam", "sts", "execute-api"}
	rapid.Check(t, func(t *rapid.T) {
		head := rapid.OneOf(rapid.SampledFrom(words), rapid.StringMatching(`[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?`)).Draw(t, "head")
		region := rapid.SampledFrom([]string{"us-east-1", "ap-northeast-1", "us-gov-west-1", "eu-west-9"}).Draw(t, "region")
		form := rapid.SampledFrom(contentForms).Draw(t, "form")
		name := strings.NewReplacer("HEAD", head, "REGION", region).Replace(form)
		_, n, err := Names().Parse(name)
		if err != nil {
			t.Skip("no host name")
		}
		if n.Kind != awsname.CustomerContent || n.Owner != awsname.Anyone {
			t.Fatalf("Parse(%q) = %+v, want customer-content that is anyone's", name, n)
		}
	})
}

// A bucket's name can be anything; the host stays the bucket's.
func TestBucketIsNeverAPI(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inner := rapid.SampledFrom(samples).Draw(t, "inner")
		root := rapid.SampledFrom([]string{"s3.us-east-1", "s3-fips.dualstack.us-east-1", "s3", "s3-us-west-2", "s3-accelerate"}).Draw(t, "root")
		name := inner + "." + root + ".amazonaws.com"
		_, n, err := Names().Parse(name)
		if err != nil || n.Kind != awsname.Resource || n.Parts.Bucket != inner {
			t.Fatalf("Parse(%q) = %+v, %v, want bucket %s", name, n, err, inner)
		}
	})
}
