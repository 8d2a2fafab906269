package standin

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// signed is the Authorization field of a request by key for service in region.
func signed(key, service, region string) string {
	return "AWS4-HMAC-SHA256 Credential=" + key + "/20260102/" + region + "/" + service + "/aws4_request, SignedHeaders=host;x-amz-date, Signature=0123"
}

// client is a stand-in and a client that takes every name for it.
type client struct {
	*Server
	http *http.Client
}

func newClient(t *testing.T, o Options) client {
	t.Helper()
	o.Dir = t.TempDir()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Serve(ln)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(s.CA())
	tr := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", ln.Addr().String())
		},
	}
	t.Cleanup(func() {
		tr.CloseIdleConnections()
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return client{s, &http.Client{Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// do sends a request, as METHOD and URL, with header fields in pairs.
func (c client) do(t *testing.T, request, body string, fields ...string) answer {
	t.Helper()
	method, url, _ := strings.Cut(request, " ")
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
	}
	resp, err := c.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var b bytes.Buffer
	if _, err := io.Copy(&b, resp.Body); err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, b.String()}
}

// s3 sends a signed request to S3 in Tokyo.
func (c client) s3(t *testing.T, request, body string, fields ...string) answer {
	t.Helper()
	return c.do(t, request, body, append(fields, "Authorization", signed("AKIAEXAMPLE", "s3", "ap-northeast-1"))...)
}

func TestNoCredential(t *testing.T) {
	c := newClient(t, Options{})
	for _, tt := range []struct{ url, want string }{
		{"https://s3.ap-northeast-1.amazonaws.com/", "<Code>AccessDenied</Code><Message>Access Denied</Message>"},
		{"https://sts.amazonaws.com/?Action=GetCallerIdentity", "<Code>MissingAuthenticationToken</Code>"},
		{"https://ssm.ap-northeast-1.amazonaws.com/", `"__type":"MissingAuthenticationTokenException"`},
	} {
		got := c.do(t, "POST "+tt.url, "", "X-Amz-Target", "AmazonSSM.GetParameter")
		if strings.Contains(tt.url, "s3") {
			got = c.do(t, "GET "+tt.url, "")
		}
		if got.status != http.StatusForbidden || !strings.Contains(got.body, tt.want) {
			t.Errorf("%s = %d %s, want 403 with %s", tt.url, got.status, got.body, tt.want)
		}
	}
}

func TestJudge(t *testing.T) {
	c := newClient(t, Options{
		Buckets: map[string]string{"corp": "ap-northeast-1"},
		Judge: func(_ *http.Request, c Call) *Denial {
			if c.Operation != "s3:PutObject" {
				return nil
			}
			return &Denial{Resource: "arn:aws:s3:::corp/k", Because: "with an explicit deny in a resource-based policy", Terse: c.AccessKey == ""}
		},
	})
	if got := c.s3(t, "GET https://corp.s3.ap-northeast-1.amazonaws.com/?list-type=2", ""); got.status != http.StatusOK {
		t.Errorf("what is permitted: %+v", got)
	}
	const want = "User: arn:aws:iam::123456789012:user/AKIAEXAMPLE is not authorized to perform: s3:PutObject on resource: &#34;arn:aws:s3:::corp/k&#34; with an explicit deny in a resource-based policy"
	if got := c.s3(t, "PUT https://corp.s3.ap-northeast-1.amazonaws.com/k", "x"); got.status != http.StatusForbidden || !strings.Contains(got.body, want) {
		t.Errorf("what is not: %d %s, want 403 with %q", got.status, got.body, want)
	}
	if got := c.do(t, "PUT https://corp.s3.ap-northeast-1.amazonaws.com/k", "x"); got.status != http.StatusForbidden || !strings.Contains(got.body, "<Message>Access Denied</Message>") {
		t.Errorf("what is not, to a stranger: %d %s", got.status, got.body)
	}
	if got := c.do(t, "GET https://corp.s3.ap-northeast-1.amazonaws.com/", ""); got.status != http.StatusOK {
		t.Errorf("what is permitted to anybody: %d %s", got.status, got.body)
	}
}

func TestCount(t *testing.T) {
	c := newClient(t, Options{Buckets: map[string]string{"corp": "ap-northeast-1"}})
	for range 3 {
		c.s3(t, "GET https://corp.s3.ap-northeast-1.amazonaws.com/a/b", "")
	}
	want := Call{
		Host: "corp.s3.ap-northeast-1.amazonaws.com", Service: "s3", Region: "ap-northeast-1", HostRegion: "ap-northeast-1",
		Operation: "s3:GetObject", Bucket: "corp", Key: "a/b", AccessKey: "AKIAEXAMPLE",
	}
	n := c.Count(func(c Call) bool {
		c.From = want.From
		return c == want
	})
	if n != 3 {
		t.Errorf("Count = %d, want 3 of %+v; seen %+v", n, want, c.calls.calls)
	}
}

func TestS3Host(t *testing.T) {
	for _, tt := range []struct {
		why, host, bucket string
		ok                bool
	}{
		{"path style", "s3.ap-northeast-1.amazonaws.com", "", true},
		{"the global name", "s3.amazonaws.com", "", true},
		{"a bucket", "corp.s3.ap-northeast-1.amazonaws.com", "corp", true},
		{"a bucket with dots", "www.corp.example.s3.ap-northeast-1.amazonaws.com", "www.corp.example", true},
		{"a bucket called s3", "s3.s3.ap-northeast-1.amazonaws.com", "s3", true},
		{"dual stack", "corp.s3.dualstack.ap-northeast-1.amazonaws.com", "corp", true},
		{"FIPS", "corp.s3-fips.us-east-1.amazonaws.com", "corp", true},
		{"the old form", "corp.s3-us-west-2.amazonaws.com", "corp", true},
		{"China", "corp.s3.cn-north-1.amazonaws.com.cn", "corp", true},
		{"an interface endpoint, path style", "bucket.vpce-0123-abcd.s3.ap-northeast-1.vpce.amazonaws.com", "", true},
		{"an interface endpoint, a bucket", "corp.bucket.vpce-0123-abcd.s3.ap-northeast-1.vpce.amazonaws.com", "corp", true},
		{"another service", "sns.ap-northeast-1.amazonaws.com", "", false},
		{"another domain", "s3.example.com", "", false},
	} {
		if bucket, ok := s3Host(tt.host); bucket != tt.bucket || ok != tt.ok {
			t.Errorf("%s: s3Host(%q) = %q, %v, want %q, %v", tt.why, tt.host, bucket, ok, tt.bucket, tt.ok)
		}
	}
}

func TestCertificates(t *testing.T) {
	c := newClient(t, Options{})
	for _, host := range []string{"sts.amazonaws.com", "STS.amazonaws.com", "a.b.c.s3.ap-northeast-1.amazonaws.com", "127.0.0.1"} {
		c.do(t, "GET https://"+host+"/", "") // fails unless the client trusts the answer
	}
	if n := len(c.ca.leaves); n != 3 {
		t.Errorf("%d certificates were made, want 3: case is none of the name", n)
	}
}
