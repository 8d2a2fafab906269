package awsdata

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/netset"
)

func TestPrivateNames(t *testing.T) {
	const tokyo = "ap-northeast-1"
	tests := []struct {
		why, service, region, partition string
		want                            []string
	}{
		{"the rule", "ssm", tokyo, "aws", []string{"ssm.ap-northeast-1.amazonaws.com"}},
		{"the rule for what nobody knows", "brand-new", tokyo, "aws", []string{"brand-new.ap-northeast-1.amazonaws.com"}},
		{"derived, where the rule makes a name that no service has", "airflow.api", tokyo, "aws", []string{"api.airflow.ap-northeast-1.amazonaws.com"}},
		{"FIPS is a service of its own", "kms-fips", "us-east-1", "aws", []string{"kms-fips.us-east-1.amazonaws.com"}},
		{"buckets, access points and control", "s3", tokyo, "aws", []string{
			"*.s3-accesspoint.ap-northeast-1.amazonaws.com", "*.s3-control.ap-northeast-1.amazonaws.com",
			"*.s3.ap-northeast-1.amazonaws.com", "s3.ap-northeast-1.amazonaws.com"}},
		{"the name is not the service's", "ecr.api", tokyo, "aws", []string{"api.ecr.ap-northeast-1.amazonaws.com"}},
		{"every account's", "ecr.dkr", tokyo, "aws", []string{"*.dkr.ecr.ap-northeast-1.amazonaws.com"}},
		{"every API's", "execute-api", tokyo, "aws", []string{"*.execute-api.ap-northeast-1.amazonaws.com"}},
		{"no Region", "iam", "us-east-1", "aws", []string{"iam.amazonaws.com"}},
		{"four names", "monitoring", tokyo, "aws", []string{
			"monitoring-fips.ap-northeast-1.amazonaws.com", "monitoring-fips.ap-northeast-1.api.aws",
			"monitoring.ap-northeast-1.amazonaws.com", "monitoring.ap-northeast-1.api.aws"}},
		{"no private DNS", "dynamodb", tokyo, "aws", nil},
		{"nor for streams", "dynamodb-streams", tokyo, "aws", nil},
		{"documented, and not the rule", "kinesis-firehose", tokyo, "aws", []string{"firehose.ap-northeast-1.amazonaws.com"}},
		{"under another suffix", "console", tokyo, "aws", []string{
			"*.ap-northeast-1.console.aws.amazon.com", "ap-northeast-1.console.aws.amazon.com"}},
		{"China's suffix", "ssm", "cn-north-1", "aws-cn", []string{"ssm.cn-north-1.amazonaws.com.cn"}},
		{"China's suffix for a documented name", "ecr.api", "cn-north-1", "aws-cn", []string{"api.ecr.cn-north-1.amazonaws.com.cn"}},
		{"the partition of the Region", "sqs", "cn-northwest-1", "", []string{"sqs.cn-northwest-1.amazonaws.com.cn"}},
		{"a partition that shares the suffix", "sqs", "us-gov-west-1", "aws-us-gov", []string{"sqs.us-gov-west-1.amazonaws.com"}},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			got := PrivateNames(tt.service, tt.region, tt.partition)
			slices.Sort(got)
			if !slices.Equal(got, tt.want) {
				t.Errorf("PrivateNames(%q, %q, %q) = %q, want %q", tt.service, tt.region, tt.partition, got, tt.want)
			}
		})
	}
}

func TestPrivateLink(t *testing.T) {
	want := PrivateLinkService{
		Service: "ecr.dkr", Types: []string{"interface"}, PrivateNames: []string{"*.dkr.ecr.{region}.amazonaws.com"},
		Documented: true, PolicySupported: "yes", CrossRegion: true,
	}
	got, ok := PrivateLink("ecr.dkr")
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Errorf("PrivateLink(ecr.dkr), %v (-want +got):\n%s", ok, diff)
	}
	for _, unknown := range []string{"", "nosuch", "ECR.DKR", "zzz"} {
		if got, ok := PrivateLink(unknown); ok {
			t.Errorf("PrivateLink(%q) = %+v", unknown, got)
		}
	}
}

// Every row holds words that readers of the table know, and names that are
// host names once they stand in a Region.
func TestPrivateLinkRows(t *testing.T) {
	types, policies := []string{"gateway", "interface"}, []string{"yes", "no", "no-in-2023", "unknown"}
	for _, s := range PrivateLinkServices() {
		for _, kind := range s.Types {
			if !slices.Contains(types, kind) {
				t.Errorf("%s: type %q", s.Service, kind)
			}
		}
		if len(s.Types) == 0 || !slices.Contains(policies, s.PolicySupported) {
			t.Errorf("%s: types %q, policy %q", s.Service, s.Types, s.PolicySupported)
		}
		for _, region := range []string{"ap-northeast-1", "cn-north-1"} {
			for _, name := range PrivateNames(s.Service, region, "") {
				if _, err := netset.ParseHost(strings.TrimPrefix(name, "*.")); err != nil {
					t.Errorf("PrivateNames(%q, %q) has %q: %v", s.Service, region, name, err)
				}
			}
		}
	}
}
