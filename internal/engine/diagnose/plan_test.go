package diagnose

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

func TestTargets(t *testing.T) {
	tests := map[string]struct {
		word, region string
		urls, open   []string
	}{
		"a job":                    {"session-manager", "ap-northeast-1", []string{"https://ssm.ap-northeast-1.amazonaws.com/", "https://ssmmessages.ap-northeast-1.amazonaws.com/"}, nil},
		"a job in China":           {"session-manager", "cn-north-1", []string{"https://ssm.cn-north-1.amazonaws.com.cn/", "https://ssmmessages.cn-north-1.amazonaws.com.cn/"}, nil},
		"a service":                {"sns", "ap-northeast-1", []string{"https://sns.ap-northeast-1.amazonaws.com/"}, nil},
		"a service without region": {"iam", "ap-northeast-1", []string{"https://iam.amazonaws.com/"}, nil},
		"a URL":                    {"http://example.com:8080/x", "", []string{"http://example.com:8080/x"}, nil},
		"a name":                   {"corp.s3.ap-northeast-1.amazonaws.com", "", []string{"https://corp.s3.ap-northeast-1.amazonaws.com/"}, nil},
		"a job with the customer's own names": {"ecr-pull", "ap-northeast-1",
			[]string{"https://api.ecr.ap-northeast-1.amazonaws.com/", "https://prod-ap-northeast-1-starport-layer-bucket.s3.ap-northeast-1.amazonaws.com/", "https://sts.ap-northeast-1.amazonaws.com/"},
			[]string{"{account}.dkr.ecr.ap-northeast-1.amazonaws.com"}},
	}
	for why, tt := range tests {
		t.Run(why, func(t *testing.T) {
			urls, open, err := Targets(tt.word, tt.region)
			if diff := cmp.Diff([][]string{tt.urls, tt.open}, [][]string{urls, open}); diff != "" || err != nil {
				t.Errorf("Targets(%q, %q): %v (-want +got):\n%s", tt.word, tt.region, err, diff)
			}
		})
	}
	_, _, err := Targets("session-manger", "ap-northeast-1")
	if e, ok := errors.AsType[*UnknownWantError](err); !ok || e.Nearest != "session-manager" {
		t.Errorf("a job misspelt: %v", err)
	}
}

// TestPrepare: what is contacted follows from the settings.
func TestPrepare(t *testing.T) {
	const sts = "https://sts.ap-northeast-1.amazonaws.com/"
	tests := map[string]struct {
		env  []string
		ec2  facts.Answer
		want []string
	}{
		"by a proxy":                                  {[]string{"https_proxy=http://p:1", "AWS_ACCESS_KEY_ID=***"}, facts.Unknown, []string{"p:1"}},
		"without a proxy":                             {[]string{"AWS_ACCESS_KEY_ID=***"}, facts.Unknown, []string{"sts.ap-northeast-1.amazonaws.com:443"}},
		"metadata on an instance":                     {[]string{"https_proxy=http://p:1"}, facts.Yes, []string{"169.254.169.254:80", "p:1"}},
		"no metadata on other hardware":               {[]string{"https_proxy=http://p:1"}, facts.No, []string{"p:1"}},
		"metadata switched off":                       {[]string{"https_proxy=http://p:1", "AWS_EC2_METADATA_DISABLED=true"}, facts.Yes, []string{"p:1"}},
		"metadata by the proxy, as the program would": {[]string{"https_proxy=http://p:1", "http_proxy=http://q:2"}, facts.Yes, []string{"169.254.169.254:80", "q:2", "p:1"}},
		"an exception: both ways, to compare": {[]string{"https_proxy=http://p:1", "no_proxy=.amazonaws.com", "AWS_ACCESS_KEY_ID=***"}, facts.Unknown,
			[]string{"sts.ap-northeast-1.amazonaws.com:443", "p:1"}},
	}
	for why, tt := range tests {
		t.Run(why, func(t *testing.T) {
			f := &facts.Sheet{OS: "linux", EC2: tt.ec2, Subject: facts.Subject{Kind: facts.Shell}, Targets: []string{sts}, Sources: []facts.Source{{Form: facts.Environ, Name: "e", Lines: tt.env}}}
			if diff := cmp.Diff(tt.want, Prepare(f).Addresses()); diff != "" {
				t.Errorf("contacts (-want +got):\n%s", diff)
			}
		})
	}
}
