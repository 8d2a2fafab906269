package probe

import (
	"strings"
	"testing"
	"time"
)

// TestSigned holds the signature against AWS's own test suite (aws-sig-v4-test-suite,
// get-vanilla and post-vanilla).
func TestSigned(t *testing.T) {
	k := keys{id: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
	at := time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)
	for method, want := range map[string]string{
		"GET":  "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
		"POST": "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
	} {
		got := signed(k, at, "us-east-1", "service", method, "/", map[string]string{"Host": "example.amazonaws.com"}, "")
		if !strings.HasSuffix(got, "SignedHeaders=host;x-amz-date, Signature="+want+"\r\n") {
			t.Errorf("%s: %s, want the signature %s", method, got, want)
		}
	}
}
