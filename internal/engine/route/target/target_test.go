package target

import (
	"net/url"
	"testing"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// TestOf is section 7 of the format, "What names mean".
func TestOf(t *testing.T) {
	tests := []struct {
		why, url                        string
		service, region, bucket, object string
		action                          string
	}{
		{"bucket in the name", "https://b.s3.ap-northeast-1.amazonaws.com/k/l", "s3", "ap-northeast-1", "b", "k/l", "s3:GetObject"},
		{"bucket in the path", "https://s3.ap-northeast-1.amazonaws.com/b/k", "s3", "ap-northeast-1", "b", "k", "s3:GetObject"},
		{"a bucket is listed", "https://s3.ap-northeast-1.amazonaws.com/b", "s3", "ap-northeast-1", "b", "", "s3:ListBucket"},
		{"no bucket", "https://s3.ap-northeast-1.amazonaws.com/", "s3", "ap-northeast-1", "", "", "s3:ListAllMyBuckets"},
		{"a bucket's name with dots", "https://a.b.s3.dualstack.eu-west-1.amazonaws.com/", "s3", "eu-west-1", "a.b", "", "s3:ListBucket"},
		{"the legacy global name", "https://b.s3.amazonaws.com/k", "s3", "us-east-1", "b", "k", "s3:GetObject"},
		{"FIPS carries the plain name", "https://kms-fips.us-east-1.amazonaws.com/", "kms", "us-east-1", "", "", "kms:"},
		{"dual-stack too", "https://sns.ap-northeast-1.api.aws/", "sns", "ap-northeast-1", "", "", "sns:"},
		{"case and one trailing dot do not matter", "https://SSM.ap-northeast-1.amazonaws.com./", "ssm", "ap-northeast-1", "", "", "ssm:"},
		{"the service's name stands behind", "https://api.ecr.ap-northeast-1.amazonaws.com/", "ecr.api", "ap-northeast-1", "", "", "ecr:"},
		{"an account before it", "https://111111111111.dkr.ecr.ap-northeast-1.amazonaws.com/v2/", "ecr.dkr", "ap-northeast-1", "", "", "ecr:"},
		{"an API before it", "https://abc.execute-api.ap-northeast-1.amazonaws.com/", "execute-api", "ap-northeast-1", "", "", "execute-api:"},
		{"streams", "https://streams.dynamodb.ap-northeast-1.amazonaws.com/", "dynamodb-streams", "ap-northeast-1", "", "", "dynamodb:"},
		{"IAM calls it otherwise", "https://monitoring.ap-northeast-1.amazonaws.com/", "monitoring", "ap-northeast-1", "", "", "cloudwatch:"},
		{"a global service", "https://iam.amazonaws.com/", "iam", "us-east-1", "", "", "iam:"},
		{"global STS", "https://sts.amazonaws.com/", "sts", "global", "", "", "sts:"},
		{"China", "https://b.s3.cn-north-1.amazonaws.com.cn/", "s3", "cn-north-1", "b", "", "s3:ListBucket"},
		{"neither service nor Region", "https://foo.bar.amazonaws.com/", "", "", "", "", ""},
		{"not AWS", "https://example.com/", "", "", "", "", ""},
		{"a look-alike", "https://s3.ap-northeast-1.amazonaws.com.example.com/", "", "", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			u, err := url.Parse(tt.url)
			if err != nil {
				t.Fatal(err)
			}
			got := Of(topology.Request{URL: u})
			if got.Service != tt.service || got.Region != tt.region || got.Bucket != tt.bucket || got.Object != tt.object || got.Action != tt.action {
				t.Errorf("Of(%s) = %q %q %q %q %q, want %q %q %q %q %q", tt.url,
					got.Service, got.Region, got.Bucket, got.Object, got.Action, tt.service, tt.region, tt.bucket, tt.object, tt.action)
			}
		})
	}
}

func TestElsewhere(t *testing.T) {
	for from, want := range map[string]string{
		"https://b.s3.ap-northeast-1.amazonaws.com/k":           "b.s3.ap-northeast-3.amazonaws.com",
		"https://s3.ap-northeast-1.amazonaws.com/b/k":           "s3.ap-northeast-3.amazonaws.com",
		"https://b.s3.amazonaws.com/k":                          "b.s3.ap-northeast-3.amazonaws.com",
		"https://s3.amazonaws.com/b/k":                          "s3.ap-northeast-3.amazonaws.com",
		"https://b.s3.dualstack.ap-northeast-1.amazonaws.com/k": "b.s3.dualstack.ap-northeast-3.amazonaws.com",
	} {
		u, err := url.Parse(from)
		if err != nil {
			t.Fatal(err)
		}
		r := Of(topology.Request{URL: u})
		if got := r.Elsewhere("ap-northeast-3"); got != want {
			t.Errorf("Elsewhere of %s = %s, want %s", from, got, want)
		}
	}
}
