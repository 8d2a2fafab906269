package remote

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// nowhere is an environment in which AWS knows this machine by nothing.
func nowhere(t *testing.T) {
	t.Helper()
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	t.Setenv("HOME", t.TempDir())
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}

// TestEndpoint: the names are AWS's own, unless somebody names others.
func TestEndpoint(t *testing.T) {
	for why, tt := range map[string]struct {
		region, service string
		env             map[string]string
		want            string
	}{
		"S3":                              {"ap-northeast-1", "s3", nil, "https://s3.ap-northeast-1.amazonaws.com"},
		"Systems Manager":                 {"ap-northeast-1", "ssm", nil, "https://ssm.ap-northeast-1.amazonaws.com"},
		"China":                           {"cn-north-1", "ssm", nil, "https://ssm.cn-north-1.amazonaws.com.cn"},
		"GovCloud":                        {"us-gov-west-1", "ssm", nil, "https://ssm.us-gov-west-1.amazonaws.com"},
		"FIPS":                            {"us-east-1", "ssm", map[string]string{"AWS_USE_FIPS_ENDPOINT": "true"}, "https://ssm-fips.us-east-1.amazonaws.com"},
		"dual stack":                      {"us-east-1", "ssm", map[string]string{"AWS_USE_DUALSTACK_ENDPOINT": "true"}, "https://ssm.us-east-1.api.aws"},
		"dual stack of S3":                {"us-east-1", "s3", map[string]string{"AWS_USE_DUALSTACK_ENDPOINT": "true"}, "https://s3.dualstack.us-east-1.amazonaws.com"},
		"an endpoint's own name":          {"us-east-1", "s3", map[string]string{"AWS_ENDPOINT_URL": "https://vpce.example"}, "https://vpce.example"},
		"one for this service":            {"us-east-1", "ssm", map[string]string{"AWS_ENDPOINT_URL": "https://a.example", "AWS_ENDPOINT_URL_SSM": "https://b.example"}, "https://b.example"},
		"names that are not to be minded": {"us-east-1", "s3", map[string]string{"AWS_ENDPOINT_URL": "https://a.example", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, "https://s3.us-east-1.amazonaws.com"},
	} {
		t.Run(why, func(t *testing.T) {
			nowhere(t)
			for name, value := range tt.env {
				t.Setenv(name, value)
			}
			c := &client{region: tt.region}
			if got, err := c.endpoint(tt.service); err != nil || got.String() != tt.want {
				t.Errorf("endpoint = %s, %v, want %s", got, err, tt.want)
			}
		})
	}
	nowhere(t)
	for _, bad := range []string{"vpce.example", "ftp://vpce.example", "https://", "https://a b"} {
		t.Setenv("AWS_ENDPOINT_URL", bad)
		if got, err := (&client{region: "us-east-1"}).endpoint("s3"); err == nil {
			t.Errorf("endpoint with AWS_ENDPOINT_URL=%q = %s", bad, got)
		}
	}
}

// TestObjectURL follows S3's rules for names of buckets, and its encoding.
func TestObjectURL(t *testing.T) {
	for _, tt := range []struct{ base, bucket, key, want string }{
		{"https://s3.eu-west-1.amazonaws.com", "corp", "deguchi.yaml", "https://corp.s3.eu-west-1.amazonaws.com/deguchi.yaml"},
		{"https://s3.eu-west-1.amazonaws.com", "corp.config", "a/b", "https://s3.eu-west-1.amazonaws.com/corp.config/a/b"},
		{"http://127.0.0.1:5000", "corp", "a", "http://127.0.0.1:5000/corp/a"},
		{"https://gate.example/s3/", "corp", "a", "https://corp.gate.example/s3/a"},
		{"https://s3.eu-west-1.amazonaws.com", "corp", "設定 +1?#~(a).yaml", "https://corp.s3.eu-west-1.amazonaws.com/%E8%A8%AD%E5%AE%9A%20%2B1%3F%23~%28a%29.yaml"},
		{"https://s3.eu-west-1.amazonaws.com", "corp", "/lead//twice", "https://corp.s3.eu-west-1.amazonaws.com//lead//twice"},
	} {
		base, err := url.Parse(tt.base)
		if err != nil {
			t.Fatal(err)
		}
		if got := objectURL(base, tt.bucket, tt.key).String(); got != tt.want {
			t.Errorf("objectURL(%s, %s, %s) = %s, want %s", tt.base, tt.bucket, tt.key, got, tt.want)
		}
	}
}

// TestChain: who this machine is to AWS, the first that says so.
func TestChain(t *testing.T) {
	agent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "let me in" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, `{"AccessKeyId": "of the container", "SecretAccessKey": "s", "Token": "t", "Expiration": "2099-01-01T00:00:00Z"}`)
	}))
	defer agent.Close()
	nowhere(t)
	dir := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	who := func(want string) {
		t.Helper()
		p, err := readProfile()
		if err != nil {
			t.Fatal(err)
		}
		c, err := chain(p, http.DefaultClient)
		if err != nil {
			t.Fatal(err)
		}
		keys, err := c.Retrieve(t.Context())
		if got := keys.AccessKeyID; got != want || (err != nil) != (want == "") {
			t.Errorf("this machine is %q, %v, want %q", got, err, want)
		}
	}
	who("")
	t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", agent.URL)
	t.Setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", write("token", "let me in\n"))
	who("of the container")
	t.Setenv("AWS_CONFIG_FILE", write("config", "[profile fleet]\nregion = eu-west-1 # Dublin\ncredential_process = echo '{\"Version\": 1, \"AccessKeyId\": \"of a program\", \"SecretAccessKey\": \"s\"}'\n[profile other]\nregion = us-east-1\n"))
	t.Setenv("AWS_PROFILE", "fleet")
	who("of a program")
	if r, err := region(t.Context(), profile{"region": "eu-west-1"}, http.DefaultClient); err != nil || r != "eu-west-1" {
		t.Errorf("region = %q, %v", r, err)
	}
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", write("credentials", "[default]\naws_access_key_id = not this\n[fleet]\naws_access_key_id=of a file\n  nested = x\n; aws_access_key_id = nor this\naws_secret_access_key=s\n"))
	who("of a file")
	t.Setenv("AWS_ACCESS_KEY_ID", "of the environment")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "s")
	who("of the environment")
}

// TestProfile: sections and settings as the SDKs and the AWS CLI read them.
func TestProfile(t *testing.T) {
	for why, tt := range map[string]struct{ text, section, key, want string }{
		"a setting":                       {"[x]\nregion = eu-west-1\n", "x", "region", "eu-west-1"},
		"without a line feed at the end":  {"[x]\nregion=eu-west-1", "x", "region", "eu-west-1"},
		"lines of Windows":                {"[x]\r\nregion = eu-west-1\r\n", "x", "region", "eu-west-1"},
		"another section":                 {"[y]\nregion = eu-west-1\n", "x", "region", ""},
		"a section that only begins so":   {"[xy]\nregion = eu-west-1\n", "x", "region", ""},
		"a comment behind the section":    {"[x] # Dublin\nregion = eu-west-1\n", "x", "region", "eu-west-1"},
		"blanks in the section":           {"[ profile  x ]\nregion = eu-west-1\n", "profile x", "region", "eu-west-1"},
		"a section that does not end":     {"[x\nregion = eu-west-1\n", "x", "region", ""},
		"a comment":                       {"[x]\n#region = eu-west-1\n;region = eu-west-1\n", "x", "region", ""},
		"a comment behind the value":      {"[x]\nregion = eu-west-1 # Dublin\n", "x", "region", "eu-west-1"},
		"a value with =":                  {"[x]\naws_session_token = a==\n", "x", "aws_session_token", "a=="},
		"a nested setting":                {"[x]\ns3 =\n  region = eu-west-1\n", "x", "region", ""},
		"before any section":              {"region = eu-west-1\n", "", "region", ""},
		"a key in capitals":               {"[x]\nREGION = eu-west-1\n", "x", "region", "eu-west-1"},
		"the last one counts":             {"[x]\nregion = a\nregion = eu-west-1\n", "x", "region", "eu-west-1"},
		"a line without =":                {"[x]\n=\nregion\nregion = eu-west-1\n", "x", "region", "eu-west-1"},
		"behind a line of a hundred kibi": {"[x]\nnote = " + strings.Repeat("a", 100<<10) + "\nregion = eu-west-1\n", "x", "region", "eu-west-1"},
	} {
		p := profile{}
		if p.read([]byte(tt.text), tt.section); p[tt.key] != tt.want {
			t.Errorf("%s: %s = %q, want %q", why, tt.key, p[tt.key], tt.want)
		}
	}
}

// FuzzProfile: whatever stands before and behind it, a section says what it says,
// and nothing of other sections is taken up.
func FuzzProfile(f *testing.F) {
	for _, seed := range []string{"", "[x", "[x]", "x = 1\n[mine", "=\n =\n\t=\n#=\n", "[a]\nregion = z", "\xff\x00[]]\n[[mine]]\n", "[profile mine] ; c\nk=v #"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, before, behind string) {
		p := profile{}
		p.read([]byte(before), "mine")
		if strings.Contains(before+behind, "mine") {
			return // a section of the same name may say otherwise
		}
		if len(p) > 0 {
			t.Fatalf("%q says %v of a section that it does not have", before, p)
		}
		p.read([]byte(before+"\n[mine]\nregion = eu-west-1\n[other]\n"+behind), "mine")
		if len(p) != 1 || p["region"] != "eu-west-1" {
			t.Fatalf("between %q and %q it says %v", before, behind, p)
		}
	})
}

// TestAgentElsewhere: a container's credentials do not come from another machine
// in the clear.
func TestAgentElsewhere(t *testing.T) {
	nowhere(t)
	for uri, good := range map[string]bool{
		"http://127.0.0.1:80/x": true, "http://[::1]/x": true, "http://localhost/x": true, "http://169.254.170.23/v1/credentials": true,
		"http://[fd00:ec2::23]/v1/credentials": true, "https://vault.example/x": true,
		"http://vault.example/x": false, "http://169.254.169.254/x": false, "http://10.0.0.1/x": false, "http://a b": false,
	} {
		t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri)
		if got, err := agent(); (err == nil) != good || good && got != uri {
			t.Errorf("agent of %s = %q, %v", uri, got, err)
		}
	}
}
