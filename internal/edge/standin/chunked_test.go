package standin

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"strings"
	"testing"
)

// The forms below are what clients sent: boto3 1.43.11 (checksum behind the
// body), the SDK for Java 1 (every chunk signed).
func TestChunkedBodies(t *testing.T) {
	c := newCorp(t)
	for _, tt := range []struct {
		why, sha, body string
		fields         []string
		status         int
		want           string // the object, or the code of the error
	}{
		{"a checksum behind it", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n",
			[]string{"X-Amz-Trailer", "x-amz-checksum-crc32", "X-Amz-Decoded-Content-Length", "5"}, 200, "hello"},
		{"a wrong one", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "5\r\nhullo\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n",
			[]string{"X-Amz-Trailer", "x-amz-checksum-crc32"}, 400, "BadDigest"},
		{"one that was announced and did not come", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "5\r\nhello\r\n0\r\n\r\n",
			[]string{"X-Amz-Trailer", "x-amz-checksum-crc32"}, 400, "BadDigest"},
		{"signed chunks", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "3;chunk-signature=0123\r\nhel\r\n2;chunk-signature=4567\r\nlo\r\n0;chunk-signature=89ab\r\n\r\n",
			[]string{"X-Amz-Decoded-Content-Length", "5"}, 200, "hello"},
		{"an empty object", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "0\r\n\r\n", nil, 200, ""},
		{"a chunk that is cut short", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "5\r\nhel", nil, 400, "IncompleteBody"},
		{"no end", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "5\r\nhello\r\n", nil, 400, "IncompleteBody"},
		{"less than was promised", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "5\r\nhello\r\n0\r\n\r\n", []string{"X-Amz-Decoded-Content-Length", "6"}, 400, "IncompleteBody"},
		{"a checksum before the body", "UNSIGNED-PAYLOAD", "hello", []string{"X-Amz-Checksum-Sha256", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="}, 200, "hello"},
		{"Content-MD5", "UNSIGNED-PAYLOAD", "hello", []string{"Content-Md5", "XUFAKrxLKna5cZ2REBfFkg=="}, 200, "hello"},
		{"a wrong Content-MD5", "UNSIGNED-PAYLOAD", "hullo", []string{"Content-Md5", "XUFAKrxLKna5cZ2REBfFkg=="}, 400, "BadDigest"},
	} {
		put := c.s3(t, "PUT "+corp+"/k", tt.body, append(tt.fields, "X-Amz-Content-Sha256", tt.sha)...)
		switch got := c.s3(t, "GET "+corp+"/k", ""); {
		case put.status != tt.status:
			t.Errorf("%s: PUT = %d %s, want %d", tt.why, put.status, put.body, tt.status)
		case tt.status == http.StatusOK && got.body != tt.want:
			t.Errorf("%s: GET = %q, want %q", tt.why, got.body, tt.want)
		case tt.status != http.StatusOK && !strings.Contains(put.body, "<Code>"+tt.want+"</Code>"):
			t.Errorf("%s: PUT = %s, want %s", tt.why, put.body, tt.want)
		}
	}
}

// The checksums of "123456789", the text for which catalogues of CRCs give
// them, in base64; those of the hashes are from openssl 3.0.
func TestChecksums(t *testing.T) {
	for algorithm, want := range map[string]string{
		"crc32":     "y/Q5Jg==",     // cbf43926
		"crc32c":    "4waSgw==",     // e3069283
		"crc64nvme": "rosUhgp5mIg=", // ae8b14860a799888
		"sha1":      "98O8HYCOBHMq32eZZczDTKeuNEE=",
		"sha256":    "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=",
	} {
		h := http.Header{}
		h.Set("X-Amz-Checksum-"+algorithm, want)
		sums := newChecksums(h)
		_, _ = sums.Write([]byte("123456789"))
		b, err := newBlob("", strings.NewReader("123456789"))
		if err != nil {
			t.Fatal(err)
		}
		if got, f := sums.check(b, h, nil); f != nil || len(got) != 1 {
			t.Errorf("%s: check = %v, %+v, want %s", algorithm, got, f, want)
		}
	}
}

// A body that is cut into chunks anyhow comes out as it was.
func FuzzChunks(f *testing.F) {
	f.Add([]byte("hello, world"), uint8(3), false)
	f.Add([]byte{}, uint8(0), true)
	f.Fuzz(func(t *testing.T, body []byte, size uint8, sign bool) {
		var wire bytes.Buffer
		extra := ""
		if sign {
			extra = ";chunk-signature=0123456789abcdef"
		}
		for rest := body; len(rest) > 0; {
			n := min(1+int(size), len(rest))
			fmt.Fprintf(&wire, "%x%s\r\n%s\r\n", n, extra, rest[:n])
			rest = rest[n:]
		}
		fmt.Fprintf(&wire, "0%s\r\nX-Amz-Checksum-Crc32: AAAAAA==\r\n\r\n", extra)
		c := &awsChunks{br: bufio.NewReader(&wire)}
		got, err := io.ReadAll(c)
		if err != nil || !bytes.Equal(got, body) || c.trailer.Get("X-Amz-Checksum-Crc32") != "AAAAAA==" {
			t.Fatalf("%q → %q, %v, trailer %v", body, got, err, c.trailer)
		}
	})
}

// Whatever comes, reading ends. What net/http takes for chunks carries the same
// bytes here.
func FuzzChunksOfAnything(f *testing.F) {
	f.Add([]byte("5\r\nhello\r\n0\r\n\r\n"))
	f.Add([]byte("ffffffffffffffff\r\n"))
	f.Fuzz(func(t *testing.T, wire []byte) {
		c := &awsChunks{br: bufio.NewReader(bytes.NewReader(wire))}
		got, _ := io.ReadAll(c)
		if len(got) > len(wire) {
			t.Fatalf("%d bytes out of %d", len(got), len(wire))
		}
		if want, err := io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(wire))); err == nil && !bytes.Equal(got, want) {
			t.Fatalf("%q → %q, to net/http %q", wire, got, want)
		}
	})
}
