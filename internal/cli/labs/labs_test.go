package labs

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// dropped is a test whose packets a router dropped where the prediction was
// another.
var dropped = Test{
	Name: "EC2 to S3", Client: "ec2",
	Predicted: Answer{Verdict: "reached"}, Seen: &Answer{Verdict: "no-route"},
	ToldBy:  "vpc:app dropped 3: no-route",
	Differs: []Difference{{"verdict", "no-route", "reached"}},
	Run:     &Run{Program: "curl", Command: []string{"curl", "-w", "%{http_code}\n", "https://s3.amazonaws.com/"}, Exit: 28, TookMS: 3051, Output: "curl: (28) Failed to connect\x1b[2J\n000\n"},
	Hops: []Hop{
		{Hop: "client:ec2", Node: "client:ec2", Counters: []Counter{{"sent", 3, 180}}},
		{Node: "vpc:app", Counters: []Counter{{"no-route", 3, 180}, {"passed", 1, 60}}},
	},
}

// TestText is how a test is printed: a line for each hop, what differs, and what
// the program said, without what a terminal would obey.
func TestText(t *testing.T) {
	for lang, want := range map[reason.Lang]string{
		reason.English: `FAIL  EC2 to S3
      ec2$ curl -w '%{http_code}\n' https://s3.amazonaws.com/
      exit 28 after 3.05s
      client:ec2  3 packets out, 0 in
    x vpc:app     1 packets through, 3 dropped: no-route
      → no-route
      verdict: the network says no-route, the prediction reached
      told by: vpc:app dropped 3: no-route
      | curl: (28) Failed to connect[2J
      | 000
`,
		reason.Japanese: `不合格  EC2 to S3
      ec2$ curl -w '%{http_code}\n' https://s3.amazonaws.com/
      終了コード 28（3.05s）
      client:ec2  送信 3 パケット、受信 0 パケット
    x vpc:app     通過 1 パケット, 破棄 3: no-route
      → no-route
      verdict: 実機では no-route、予測では reached
      根拠: vpc:app dropped 3: no-route
      | curl: (28) Failed to connect[2J
      | 000
`,
	} {
		var out strings.Builder
		d := Desk{Out: &out, Lang: lang}
		test := dropped
		d.test(&test)
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("language %d: -want +got\n%s", lang, diff)
		}
	}
}

// TestShown hides keys.
func TestShown(t *testing.T) {
	got := shown([]string{"curl", "--user", "AKIA1:secret", "-H", "x-amz-security-token: abc", "https://x", "AWS4-HMAC-SHA256 Credential=A", strings.Repeat("0a", 64), "a\nb\nc"})
	want := []string{"curl", "--user", "KEY:SECRET", "-H", "x-amz-security-token: TOKEN", "https://x", "AUTHORIZATION", "TOKEN", "PROGRAM"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestStories finds every test that the demo names.
func TestStories(t *testing.T) {
	for _, s := range stories {
		src, err := Example(s.file)
		if err != nil {
			t.Fatal(err)
		}
		for _, begin := range s.tests {
			if n := strings.Count(string(src), "- name: "+begin) + strings.Count(string(src), `- name: "`+begin); n != 1 {
				t.Errorf("%s: %d tests begin with %q", s.file, n, begin)
			}
		}
	}
}
