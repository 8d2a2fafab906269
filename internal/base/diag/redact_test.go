package diag

import "testing"

func TestRedact(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"password in a URL":              {"http://corp:s3cret@proxy.example:8080", "http://corp:***@proxy.example:8080"},
		"password with an @ in it":       {"http://corp:p@ss@proxy:80/", "http://corp:***@proxy:80/"},
		"a URL without user stays":       {"http://proxy.example:8080/a:b@c", "http://proxy.example:8080/a:b@c"},
		"a proxy without a scheme":       {"HTTPS_PROXY=corp:s3cret@proxy:8080", "HTTPS_PROXY=corp:***@proxy:8080"},
		"one with a Windows domain":      {`no URL of a proxy: DOM\corp:s3cret@proxy:80`, `no URL of a proxy: DOM\corp:***@proxy:80`},
		"one in quotes":                  {`"corp:s3#cr@et@[fd00::1]:80"`, `"corp:***@[fd00::1]:80"`},
		"one without a port":             {"http_proxy=corp:s3cret@proxy", "http_proxy=corp:***@proxy"},
		"one in a line of evidence":      {"environment: https_proxy='corp:s3cret@proxy' x", "environment: https_proxy='corp:***@proxy' x"},
		"one behind a line's number":     {"12:http_proxy=corp:s3=cr@et@proxy:80", "12:http_proxy=corp:***@proxy:80"},
		"a URL behind a line's number":   {"12:http_proxy=http://corp:s3cret@proxy:80", "12:http_proxy=http://corp:***@proxy:80"},
		"an image with a digest stays":   {"pull repo:tag@sha256:12ab34cd", "pull repo:tag@sha256:12ab34cd"},
		"a position and a mail stay":     {"a.yaml:12:5: ask ops@corp.example", "a.yaml:12:5: ask ops@corp.example"},
		"access key":                     {"key AKIAIOSFODNN7EXAMPLE.", "key ***."},
		"temporary access key":           {"ASIAIOSFODNN7EXAMPLE", "***"},
		"signed URL":                     {"?X-Amz-Credential=AKIA/x&X-Amz-Date=20261122&X-Amz-Signature=abc", "?X-Amz-Credential=***&X-Amz-Date=20261122&X-Amz-Signature=***"},
		"session token of a signed URL":  {"X-Amz-Security-Token=IQoJb3%2F&x=1", "X-Amz-Security-Token=***&x=1"},
		"old signed URL":                 {"?AWSAccessKeyId=AKIA&Expires=1&Signature=a%3D", "?AWSAccessKeyId=***&Expires=1&Signature=***"},
		"secret key in a file":           {"aws_secret_access_key = wJalrXUtnFEMI/K7MDENG", "aws_secret_access_key = ***"},
		"secret in JSON":                 {`{"SecretAccessKey": "wJalr", "Expiration": 1}`, `{"SecretAccessKey": "***", "Expiration": 1}`},
		"credentials of a proxy request": {"Proxy-Authorization: Basic Zm9vOmJhcg==", "Proxy-Authorization: Basic ***"},
		"bearer token":                   {"sent Bearer eyJhbGciOi.x", "sent Bearer ***"},
		"a bucket called secret stays":   {"my-secret.s3.amazonaws.com", "my-secret.s3.amazonaws.com"},
		"nothing to hide":                {"rule our buckets allows s3", "rule our buckets allows s3"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Redact(tt.text); got != tt.want {
				t.Errorf("Redact(%q) = %q, want %q", tt.text, got, tt.want)
			}
			if got := len(masked(tt.text)); got != len(tt.text) {
				t.Errorf("masked(%q) has %d bytes, want %d", tt.text, got, len(tt.text))
			}
		})
	}
}
