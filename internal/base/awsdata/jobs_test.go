package awsdata

import (
	"strings"
	"testing"

	"github.com/deguchi-project/deguchi/internal/base/awsname"
	"github.com/deguchi-project/deguchi/internal/base/netset"
)

func TestMatch(t *testing.T) {
	suffixes := map[string]string{"us-east-1": "1970c647d"}
	tests := []struct {
		why, template, name, region string
		ok                          bool
	}{
		{"the region", "ssm.{region}.amazonaws.com", "ssm.ap-northeast-1.amazonaws.com", "ap-northeast-1", true},
		{"a region that is new", "ssm.{region}.amazonaws.com", "ssm.me-west-1.amazonaws.com", "me-west-1", true},
		{"two digits", "ssm.{region}.amazonaws.com", "ssm.ap-northeast-12.amazonaws.com", "ap-northeast-12", true},
		{"China's suffix", "ssm.{region}.amazonaws.com", "ssm.cn-north-1.amazonaws.com.cn", "cn-north-1", true},
		{"China's region under the commercial suffix", "ssm.{region}.amazonaws.com", "ssm.cn-north-1.amazonaws.com", "", false},
		{"another class of suffix", "ssm.{region}.amazonaws.com", "ssm.us-east-1.api.aws", "", false},
		{"no region", "ssm.{region}.amazonaws.com", "ssm.tokyo.amazonaws.com", "", false},
		{"a label more", "ssm.{region}.amazonaws.com", "x.ssm.us-east-1.amazonaws.com", "", false},
		{"another domain", "ssm.{region}.amazonaws.com", "ssm.us-east-1.amazonaws.com.evil.example", "", false},
		{"the region twice", "aws-ssm-{region}.s3.{region}.amazonaws.com", "aws-ssm-us-east-1.s3.us-east-1.amazonaws.com", "us-east-1", true},
		{"two regions", "aws-ssm-{region}.s3.{region}.amazonaws.com", "aws-ssm-us-east-1.s3.us-west-2.amazonaws.com", "", false},
		{"the region's suffix", "aws-patch-{region}-{patch_suffix}.s3.{region}.amazonaws.com", "aws-patch-us-east-1-1970c647d.s3.us-east-1.amazonaws.com", "us-east-1", true},
		{"a stranger's suffix", "aws-patch-{region}-{patch_suffix}.s3.{region}.amazonaws.com", "aws-patch-us-east-1-evil.s3.us-east-1.amazonaws.com", "", false},
		{"a region without a suffix", "aws-patch-{region}-{patch_suffix}.s3.{region}.amazonaws.com", "aws-patch-us-west-2-.s3.us-west-2.amazonaws.com", "", false},
		{"the region without hyphens", "cfn-{region_nodash}.s3.{region}.amazonaws.com", "cfn-useast1.s3.us-east-1.amazonaws.com", "us-east-1", true},
		{"that of another region", "cfn-{region_nodash}.s3.{region}.amazonaws.com", "cfn-useast2.s3.us-east-1.amazonaws.com", "", false},
		{"a stranger's text there", "cfn-{region_nodash}.s3.{region}.amazonaws.com", "cfn-evil.s3.us-east-1.amazonaws.com", "", false},
		{"an account", "{account}.dkr.ecr.{region}.amazonaws.com", "123456789012.dkr.ecr.us-east-1.amazonaws.com", "us-east-1", true},
		{"no account", "{account}.dkr.ecr.{region}.amazonaws.com", "12345678901.dkr.ecr.us-east-1.amazonaws.com", "", false},
		{"labels", "*.s3.{region}.amazonaws.com", "a.b.c.s3.us-east-1.amazonaws.com", "us-east-1", true},
		{"no label", "*.s3.{region}.amazonaws.com", "s3.us-east-1.amazonaws.com", "", false},
		{"a part of a label", "ecs-a-*.{region}.amazonaws.com", "ecs-a-12.us-east-1.amazonaws.com", "us-east-1", true},
		{"more than a label", "ecs-a-*.{region}.amazonaws.com", "ecs-a-1.x.us-east-1.amazonaws.com", "", false},
		{"no region at all", "iam.amazonaws.com", "iam.amazonaws.com", "", true},
		{"outside the endpoints' suffixes", "{region}.signin.aws", "us-east-1.signin.aws", "us-east-1", true},
		{"any label outside", "*.console.aws.amazon.com", "s3.us-east-1.console.aws.amazon.com", "", true},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			region, ok := parseTemplate(tt.template, suffixes).Match(tt.name)
			if region != tt.region || ok != tt.ok {
				t.Errorf("%q.Match(%q) = %q, %v, want %q, %v", tt.template, tt.name, region, ok, tt.region, tt.ok)
			}
		})
	}
}

func TestMatchAllocatesNothing(t *testing.T) {
	tmpl := parseTemplate("aws-patch-{region}-{patch_suffix}.s3.{region}.amazonaws.com", map[string]string{"us-east-1": "x"})
	if n := testing.AllocsPerRun(100, func() { tmpl.Match("aws-patch-us-east-1-x.s3.us-east-1.amazonaws.com") }); n != 0 {
		t.Errorf("Match allocates %v times, want 0", n)
	}
}

func TestExpand(t *testing.T) {
	tests := []struct{ template, region, partition, want string }{
		{"ssm.{region}.amazonaws.com", "us-east-1", "aws", "ssm.us-east-1.amazonaws.com"},
		{"ssm.{region}.amazonaws.com", "us-gov-west-1", "aws-us-gov", "ssm.us-gov-west-1.amazonaws.com"},
		{"ssm.{region}.amazonaws.com", "cn-north-1", "aws-cn", "ssm.cn-north-1.amazonaws.com.cn"},
		{"ecr.{region}.api.aws", "eusc-de-east-1", "aws-eusc", "ecr.eusc-de-east-1.api.amazonwebservices.eu"},
		{"{account}.dkr.ecr.{region}.amazonaws.com", "us-east-1", "aws", "{account}.dkr.ecr.us-east-1.amazonaws.com"},
		{"cfn-{region_nodash}.s3.{region}.amazonaws.com", "us-east-1", "aws", "cfn-useast1.s3.us-east-1.amazonaws.com"},
		{"cdn.amazonlinux.com", "cn-north-1", "aws-cn", "cdn.amazonlinux.com"},
	}
	for _, tt := range tests {
		if got := parseTemplate(tt.template, nil).Expand(tt.region, tt.partition); got != tt.want {
			t.Errorf("%q.Expand(%s) = %q, want %q", tt.template, tt.region, got, tt.want)
		}
	}
}

// Every host of every job, filled in, is matched by its own template and means
// something to the catalogue.
func TestJobsHostsAreKnown(t *testing.T) {
	for _, j := range Jobs() {
		if j.Description == "" || j.DescriptionJA == "" {
			t.Errorf("job %s lacks a description", j.Name)
		}
		for _, tmpl := range append(append([]HostTemplate{}, j.Hosts...), j.Optional...) {
			name := strings.NewReplacer("{account}", "123456789012", "*.dkr", "123456789012.dkr", "*", "12", "{directory_id_or_alias}", "d-1234567890",
				"{instance_id}", "ssoins-0123456789abcdef", "{state_bucket}", "tf-state", "{bucket}", "corp",
			).Replace(tmpl.Expand("ap-northeast-1", "aws"))
			if strings.ContainsAny(name, "{}") {
				t.Errorf("job %s: %s has a blank that nobody fills", j.Name, name)
				continue
			}
			if region, ok := tmpl.Match(name); !ok || strings.Contains(tmpl.String(), "{region}") && region != "ap-northeast-1" {
				t.Errorf("job %s: %q.Match(%q) = %q, %v", j.Name, tmpl, name, region, ok)
			}
			h, err := netset.ParseHost(name)
			if n := Names().Classify(h); err != nil || n.Kind == awsname.NotAWS || n.Kind == awsname.Unknown && !opaque(name) {
				t.Errorf("job %s: %s is %s (%v)", j.Name, name, n.Kind, err)
			}
		}
	}
}

// opaque reports whether name is below a domain of AWS with no known forms.
func opaque(name string) bool { return strings.HasSuffix(name, ".aws.dev") }

func TestJobNamed(t *testing.T) {
	if j, ok := JobNamed("session-manager"); !ok || j.Hosts[0].String() != "ssm.{region}.amazonaws.com" {
		t.Errorf("JobNamed(session-manager) = %+v, %v", j, ok)
	}
	if _, ok := JobNamed("sesion-manager"); ok {
		t.Errorf("JobNamed(sesion-manager) finds a job")
	}
}

// A name that a template without blanks for others matches is what the template
// expands to, and no other.
func FuzzMatch(f *testing.F) {
	for _, s := range []string{
		"ssm.cn-north-1.amazonaws.com.cn", "aws-patch-manager-ap-northeast-1-4849fa78f.s3.ap-northeast-1.amazonaws.com",
		"cloudformation-custom-resource-response-useast1.s3.us-east-1.amazonaws.com", "a.b.console.aws.amazon.com",
		"s3.dualstack.us-gov-west-1.amazonaws.com", "ecs-a-1.eusc-de-east-1.amazonaws.eu",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h, err := netset.ParseHost(s)
		if err != nil || h.IsAddr() {
			return
		}
		for _, j := range Jobs() {
			for _, tmpl := range append(append([]HostTemplate{}, j.Hosts...), j.Optional...) {
				region, ok := tmpl.Match(h.Name)
				if !ok || tmpl.Open() {
					continue
				}
				if got := tmpl.Expand(region, PartitionOf(region)); region != "" && got != h.Name {
					t.Fatalf("%q.Match(%q) = %q, but Expand gives %q", tmpl, h.Name, region, got)
				}
			}
		}
	})
}
