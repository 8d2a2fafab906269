package standin

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestScope is about credentials for another region than the host's.
func TestScope(t *testing.T) {
	c := newClient(t, Options{Buckets: map[string]string{"corp": "ap-northeast-1", "osaka": "ap-northeast-3"}})
	for _, tt := range []struct {
		why, request, service, region string
		status                        int
		want                          string
	}{
		{"S3 tells the region", "GET https://corp.s3.ap-northeast-1.amazonaws.com/", "s3", "us-east-1", 400,
			"<Code>AuthorizationHeaderMalformed</Code><Message>The authorization header is malformed; the region &#39;us-east-1&#39; is wrong; expecting &#39;ap-northeast-1&#39;</Message><Region>ap-northeast-1</Region>"},
		{"others do not", "POST https://sns.ap-northeast-1.amazonaws.com/?Action=Publish", "sns", "us-east-1", 403, "<Code>SignatureDoesNotMatch</Code><Message>Credential should be scoped to a valid region.</Message>"},
		{"nor in JSON", "POST https://ssm.ap-northeast-1.amazonaws.com/", "ssm", "us-east-1", 403, `"__type":"InvalidSignatureException"`},
		{"a global name", "POST https://sts.amazonaws.com/?Action=GetCallerIdentity", "sts", "us-east-1", 200, "<Arn>"},
		{"a bucket by the global name", "GET https://osaka.s3.amazonaws.com/", "s3", "us-east-1", 307, "<Code>TemporaryRedirect</Code>"},
		{"in its path", "GET https://s3.amazonaws.com/osaka", "s3", "us-east-1", 301, "<Endpoint>s3.ap-northeast-3.amazonaws.com</Endpoint>"},
		{"where it is not", "GET https://osaka.s3.ap-northeast-1.amazonaws.com/", "s3", "ap-northeast-1", 301, "<Endpoint>osaka.s3.ap-northeast-3.amazonaws.com</Endpoint>"},
	} {
		got := c.do(t, tt.request, "", "Authorization", signed("AKIAEXAMPLE", tt.service, tt.region))
		if got.status != tt.status || !strings.Contains(got.body, tt.want) {
			t.Errorf("%s: %d %s, want %d with %s", tt.why, got.status, got.body, tt.status, tt.want)
		}
		if strings.Contains(tt.request, "osaka") && got.header.Get("X-Amz-Bucket-Region") != "ap-northeast-3" {
			t.Errorf("%s: X-Amz-Bucket-Region = %q", tt.why, got.header.Get("X-Amz-Bucket-Region"))
		}
	}
}

// TestAny is about what is there without having been made.
func TestAny(t *testing.T) {
	c := newClient(t, Options{AnyBucket: true, AnyOperation: true, Buckets: map[string]string{"osaka": "ap-northeast-3"}})
	const form, json = "application/x-www-form-urlencoded", "application/x-amz-json-1.1"
	for _, tt := range []struct {
		why, request, service, body string
		fields                      []string
		status                      int
		want                        string
	}{
		{"a bucket", "GET https://any.s3.ap-northeast-1.amazonaws.com/?list-type=2", "s3", "", nil, 200, "<KeyCount>0</KeyCount>"},
		{"in every region", "GET https://any.s3.ap-northeast-1.amazonaws.com/?location", "s3", "", nil, 200, ">ap-northeast-1</LocationConstraint>"},
		{"one that was made", "GET https://osaka.s3.ap-northeast-1.amazonaws.com/", "s3", "", nil, 301, "PermanentRedirect"},
		{"a query", "POST https://ec2.ap-northeast-1.amazonaws.com/", "ec2", "Action=DescribeRegions", []string{"Content-Type", form}, 200, "<DescribeRegionsResponse xmlns="},
		{"JSON", "POST https://logs.ap-northeast-1.amazonaws.com/", "logs", "{}", []string{"Content-Type", json, "X-Amz-Target", "Logs_20140328.DescribeLogGroups"}, 200, "{}\n"},
		{"of a service that it knows", "POST https://ssm.ap-northeast-1.amazonaws.com/", "ssm", "{}", []string{"Content-Type", json, "X-Amz-Target", "AmazonSSM.DescribeParameters"}, 200, "{}\n"},
		{"REST", "GET https://lambda.ap-northeast-1.amazonaws.com/2015-03-31/functions", "lambda", "", nil, 200, "{}\n"},
		{"REST in XML", "GET https://route53.amazonaws.com/2013-04-01/hostedzone", "route53", "", nil, 200, "<Response "},
		{"CBOR", "POST https://monitoring.ap-northeast-1.amazonaws.com/service/GraniteServiceVersion20100801/operation/ListMetrics", "monitoring", "\xa0", []string{"Smithy-Protocol", "rpc-v2-cbor"}, 200, "\xa0"},
	} {
		got := c.do(t, tt.request, tt.body, append(tt.fields, "Authorization", signed("AKIAEXAMPLE", tt.service, "ap-northeast-1"))...)
		if got.status != tt.status || !strings.Contains(got.body, tt.want) {
			t.Errorf("%s: %d %q, want %d with %q", tt.why, got.status, got.body, tt.status, tt.want)
		}
	}
	for operation, want := range map[string]int{"ec2:DescribeRegions": 1, "logs:DescribeLogGroups": 1, "lambda:": 1, "monitoring:ListMetrics": 1} {
		if n := c.Count(func(c Call) bool { return c.Operation == operation }); n != want {
			t.Errorf("%d calls of %s, want %d", n, operation, want)
		}
	}
}

// TestBackend answers what is not denied, with the whole request in hand.
func TestBackend(t *testing.T) {
	c := newClient(t, Options{
		Judge: func(_ *http.Request, c Call) *Denial {
			if c.Operation == "sns:Publish" {
				return nil
			}
			return &Denial{}
		},
		Backend: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			_, _ = fmt.Fprintf(w, "%s %v", body, err)
		}),
	})
	for body, want := range map[string]string{
		"Action=Publish&Message=hi": "Action=Publish&Message=hi <nil>",
		"Action=ListTopics":         "<Code>AuthorizationError</Code>",
	} {
		got := c.do(t, "POST https://sns.ap-northeast-1.amazonaws.com/", body, "Authorization", signed("AKIAEXAMPLE", "sns", "ap-northeast-1"))
		if !strings.Contains(got.body, want) {
			t.Errorf("%s: %d %s, want %s", body, got.status, got.body, want)
		}
	}
}

// TestNames holds the CA to the names that it is for.
func TestNames(t *testing.T) {
	c := newClient(t, Options{Names: []string{"amazonaws.com"}})
	c.do(t, "GET https://sts.amazonaws.com/", "")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://www.example.com/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := c.http.Do(r); err == nil {
		_ = resp.Body.Close()
		t.Error("a certificate for www.example.com is believed")
	}
}

// TestKnow is about keys and objects that are added while it runs.
func TestKnow(t *testing.T) {
	c := newClient(t, Options{})
	who := Principal{"111122223333", "arn:aws:sts::111122223333:assumed-role/app/i-1", "AROA:i-1"}
	c.Know("ASIANEW", who)
	if got := c.Who("ASIANEW"); got != who {
		t.Errorf("Who = %+v", got)
	}
	if err := c.Put("corp", "ap-northeast-1", "a/b", []byte("hello")); err != nil {
		t.Fatal(err)
	}
	if got := c.s3(t, "GET https://corp.s3.ap-northeast-1.amazonaws.com/a/b", ""); got.body != "hello" {
		t.Errorf("the object: %+v", got)
	}
}

// TestGenerate reads a part of an object that takes no room.
func TestGenerate(t *testing.T) {
	c := newClient(t, Options{})
	c.Generate("corp", "ap-northeast-1", "big", 1<<40)
	got := c.s3(t, "GET https://corp.s3.ap-northeast-1.amazonaws.com/big", "", "Range", "bytes=1099511627763-")
	if got.status != http.StatusPartialContent || len(got.body) != 13 {
		t.Fatalf("%d, %q", got.status, got.body)
	}
	if want := "\xff\xff\xff\xf0\x00\x00\x00\xff\xff\xff\xff\xf8"; got.body[1:] != want {
		t.Errorf("the end of it is %q, want %q", got.body[1:], want)
	}
}
