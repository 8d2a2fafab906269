package standin

import (
	"bufio"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

func TestServices(t *testing.T) {
	c := newClient(t, Options{
		Principals: map[string]Principal{"ASIAROLE": {"111122223333", "arn:aws:sts::111122223333:assumed-role/proxy/i-1", "AROA:i-1"}},
		Instances:  []Instance{{"i-0123456789abcdef0", "10.0.0.1", "Linux"}},
		Parameters: map[string]string{"/corp/greeting": "hello"},
	})
	const form, json = "application/x-www-form-urlencoded", "application/x-amz-json-1.1"
	for _, tt := range []struct {
		why, service, action, body string
		key                        string
		status                     int
		want                       string // a regular expression
	}{
		{"whose key it is", "sts", "", "Action=GetCallerIdentity&Version=2011-06-15", "AKIAEXAMPLE", 200,
			`<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/AKIAEXAMPLE</Arn><UserId>AKIAEXAMPLE</UserId><Account>123456789012</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>`},
		{"a role's key", "sts", "", "Action=GetCallerIdentity", "ASIAROLE", 200, `assumed-role/proxy/i-1`},
		{"another role", "sts", "", "Action=AssumeRole&RoleArn=arn:aws:iam::444455556666:role/path/ops&RoleSessionName=me", "ASIAROLE", 200,
			`<AccessKeyId>ASIA[0-9A-F]{16}</AccessKeyId>.*<Arn>arn:aws:sts::444455556666:assumed-role/ops/me</Arn>`},
		{"a role without a session", "sts", "", "Action=AssumeRole&RoleArn=arn:aws:iam::444455556666:role/ops", "A", 400, `<Code>ValidationError</Code>`},
		{"what STS cannot do", "sts", "", "Action=Brew", "A", 400, `<Code>InvalidAction</Code>`},
		{"a message", "sns", "", "Action=Publish&TopicArn=arn:aws:sns:ap-northeast-1:123456789012:t&Message=hi", "A", 200, `<PublishResult><MessageId>[0-9a-f-]{36}</MessageId>`},
		{"a topic of another region", "sns", "", "Action=Publish&TopicArn=arn:aws:sns:us-east-1:123456789012:t&Message=hi", "A", 400, `<Code>InvalidParameter</Code>`},
		{"an empty message", "sns", "", "Action=Publish&TopicArn=arn:aws:sns:ap-northeast-1:123456789012:t", "A", 400, `Empty message`},
		{"a service that it does not know", "monitoring", "", "Action=ListMetrics", "A", 400, `<Code>InvalidAction</Code>`},
		{"instances", "ssm", "DescribeInstanceInformation", "{}", "A", 200, `"InstanceId":"i-0123456789abcdef0"`},
		{"a parameter", "ssm", "GetParameter", `{"Name":"/corp/greeting"}`, "A", 200, `"ARN":"arn:aws:ssm:ap-northeast-1:123456789012:parameter/corp/greeting".*"Value":"hello"`},
		{"no such parameter", "ssm", "GetParameter", `{"Name":"/none"}`, "A", 400, `"__type":"ParameterNotFound"`},
		{"some parameters", "ssm", "GetParameters", `{"Names":["/none","/corp/greeting"]}`, "A", 200, `"InvalidParameters":\["/none"\],"Parameters":\[{.*"hello"`},
		{"a session", "ssm", "StartSession", `{"Target":"i-0123456789abcdef0"}`, "A", 200, `"StreamUrl":"wss://ssmmessages.ap-northeast-1.amazonaws.com/v1/data-channel/A-`},
		{"a session with nobody", "ssm", "StartSession", `{"Target":"i-0"}`, "A", 400, `"__type":"TargetNotConnected"`},
		{"the end of a session", "ssm", "TerminateSession", `{"SessionId":"A-0"}`, "A", 200, `{"SessionId":"A-0"}`},
		{"no JSON", "ssm", "GetParameter", `{`, "A", 400, `"__type":"SerializationException"`},
		{"what SSM cannot do", "ssm", "Brew", `{}`, "A", 400, `"__type":"UnknownOperationException"`},
	} {
		fields := []string{"Content-Type", form, "Authorization", signed(tt.key, tt.service, "ap-northeast-1")}
		if tt.action != "" {
			fields = append(fields, "Content-Type", json, "X-Amz-Target", "AmazonSSM."+tt.action)
		}
		got := c.do(t, "POST https://"+tt.service+".ap-northeast-1.amazonaws.com/", tt.body, fields...)
		if got.status != tt.status || !regexp.MustCompile(tt.want).MatchString(got.body) {
			t.Errorf("%s: %d %s, want %d with %s", tt.why, got.status, got.body, tt.status, tt.want)
		}
	}
}

// TestAssumedRoleIsKnown follows a role from AssumeRole to GetCallerIdentity.
func TestAssumedRoleIsKnown(t *testing.T) {
	c := newClient(t, Options{})
	ask := func(key, body string) string {
		return c.do(t, "POST https://sts.amazonaws.com/", body, "Authorization", signed(key, "sts", "us-east-1")).body
	}
	got := ask("A", "Action=AssumeRole&RoleArn=arn:aws:iam::444455556666:role/ops&RoleSessionName=me")
	key := regexp.MustCompile(`<AccessKeyId>(\w+)<`).FindStringSubmatch(got)
	if key == nil {
		t.Fatalf("AssumeRole = %s", got)
	}
	if got, want := ask(key[1], "Action=GetCallerIdentity"), "arn:aws:sts::444455556666:assumed-role/ops/me"; !strings.Contains(got, want) {
		t.Errorf("GetCallerIdentity = %s, want %s", got, want)
	}
}

// TestChannel speaks WebSocket by hand: text, a ping, a long message, a close.
func TestChannel(t *testing.T) {
	c := newClient(t, Options{})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://ssmmessages.ap-northeast-1.amazonaws.com/v1/data-channel/me-0", nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="} {
		r.Header.Set(name, value)
	}
	resp, err := c.http.Do(r)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols || resp.Header.Get("Sec-WebSocket-Accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		t.Fatalf("the upgrade: %v, %v", resp, err) // the key and its answer stand in RFC 6455 section 1.3
	}
	conn := resp.Body.(io.ReadWriteCloser)
	defer conn.Close()
	br := bufio.NewReader(conn)
	long := strings.Repeat("x", 300)
	for _, tt := range []struct{ why, send, want string }{
		{"text", "\x81\x85\x00\x00\x00\x00hello", "\x81\x05hello"},
		{"masked", "\x81\x82\x01\x02\x03\x04ij", "\x81\x02hh"},
		{"a ping", "\x89\x82\x00\x00\x00\x00hi", "\x8a\x02hi"},
		{"a pong is not answered; a long message", "\x8a\x80\x00\x00\x00\x00\x82\xfe\x01\x2c\x00\x00\x00\x00" + long, "\x82\x7e\x01\x2c" + long},
		{"a close", "\x88\x82\x00\x00\x00\x00\x03\xe8", "\x88\x02\x03\xe8"},
	} {
		if _, err := io.WriteString(conn, tt.send); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(tt.want))
		if _, err := io.ReadFull(br, got); err != nil || string(got) != tt.want {
			t.Fatalf("%s: %q, %v, want %q", tt.why, got, err, tt.want)
		}
	}
	if rest, err := io.ReadAll(br); err != nil || len(rest) > 0 {
		t.Errorf("after the close: %q, %v", rest, err)
	}
	if got := c.do(t, "GET https://ssmmessages.ap-northeast-1.amazonaws.com/", ""); got.status != http.StatusBadRequest {
		t.Errorf("without an upgrade: %+v", got)
	}
}

func TestFrameLimits(t *testing.T) {
	for why, frame := range map[string]string{
		"not masked": "\x81\x05hello",
		"too long":   "\x82\xff\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00",
		"cut short":  "\x81\x85\x00\x00",
	} {
		if _, _, err := readFrame(bufio.NewReader(strings.NewReader(frame))); err == nil {
			t.Errorf("%s: %q is taken for a frame", why, frame)
		}
	}
}

// TestCloseEndsChannels is about connections that no http.Server knows.
func TestCloseEndsChannels(t *testing.T) {
	c := newClient(t, Options{})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://ssmmessages.ap-northeast-1.amazonaws.com/v1/control-channel/i-0", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Key": {"x"}}
	resp, err := c.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if n, err := resp.Body.Read(make([]byte, 1)); err == nil {
		t.Errorf("read %d bytes after Close", n)
	}
	if n := len(c.channels.open); n > 0 {
		t.Errorf("%d channels are open after Close", n)
	}
}
