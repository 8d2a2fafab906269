package standin

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
)

const corp = "https://corp.s3.ap-northeast-1.amazonaws.com"

func newCorp(t *testing.T) client {
	t.Helper()
	return newClient(t, Options{Buckets: map[string]string{"corp": "ap-northeast-1", "osaka": "ap-northeast-3"}})
}

func TestObject(t *testing.T) {
	c := newCorp(t)
	put := c.s3(t, "PUT "+corp+"/a%20b/%E6%97%A5", "hello", "Content-Type", "text/plain", "X-Amz-Meta-Owner", "ops")
	if put.status != http.StatusOK || put.header.Get("ETag") != `"5d41402abc4b2a76b9719d911017c592"` {
		t.Fatalf("PUT = %+v", put)
	}
	got := c.s3(t, "GET https://s3.ap-northeast-1.amazonaws.com/corp/a%20b/%E6%97%A5", "")
	if got.status != http.StatusOK || got.body != "hello" || got.header.Get("Content-Type") != "text/plain" || got.header.Get("X-Amz-Meta-Owner") != "ops" {
		t.Errorf("GET in path style = %+v", got)
	}
	head := c.s3(t, "HEAD "+corp+"/a%20b/%E6%97%A5", "")
	if head.status != http.StatusOK || head.header.Get("Content-Length") != "5" {
		t.Errorf("HEAD = %+v", head)
	}
	if gone := c.s3(t, "DELETE "+corp+"/a%20b/%E6%97%A5", ""); gone.status != http.StatusNoContent {
		t.Errorf("DELETE = %+v", gone)
	}
	if got := c.s3(t, "GET "+corp+"/a%20b/%E6%97%A5", ""); got.status != http.StatusNotFound {
		t.Errorf("GET after DELETE = %+v", got)
	}
}

func TestGetConditions(t *testing.T) {
	c := newCorp(t)
	c.s3(t, "PUT "+corp+"/k", "0123456789")
	const etag = `"781e5e245d69b566979b86e28d23f2c7"`
	for _, tt := range []struct {
		why, field, value string
		status            int
		body, contentRng  string
	}{
		{"the beginning", "Range", "bytes=0-3", 206, "0123", "bytes 0-3/10"},
		{"from the middle on", "Range", "bytes=8-", 206, "89", "bytes 8-9/10"},
		{"the last bytes", "Range", "bytes=-3", 206, "789", "bytes 7-9/10"},
		{"more than all", "Range", "bytes=5-99", 206, "56789", "bytes 5-9/10"},
		{"beyond the end", "Range", "bytes=10-", 416, "", ""},
		{"backwards", "Range", "bytes=5-2", 416, "", ""},
		{"the object that is meant", "If-Match", etag, 200, "0123456789", ""},
		{"another one is meant", "If-Match", `"x"`, 412, "", ""},
		{"the client has it", "If-None-Match", etag, 304, "", ""},
	} {
		got := c.s3(t, "GET "+corp+"/k", "", tt.field, tt.value)
		if got.status != tt.status || got.header.Get("Content-Range") != tt.contentRng || got.status < 300 && got.body != tt.body {
			t.Errorf("%s: %s: %s = %d %q %q, want %d %q %q", tt.why, tt.field, tt.value, got.status, got.header.Get("Content-Range"), got.body, tt.status, tt.contentRng, tt.body)
		}
	}
}

func TestS3Errors(t *testing.T) {
	c := newCorp(t)
	c.s3(t, "PUT "+corp+"/k", "x")
	for _, tt := range []struct {
		why, request string
		status       int
		want         string
	}{
		{"no such key", "GET " + corp + "/none", 404, "<Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>none</Key>"},
		{"no such bucket", "GET https://nobody.s3.ap-northeast-1.amazonaws.com/", 404, "<Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message><BucketName>nobody</BucketName>"},
		{"another region's bucket", "GET https://osaka.s3.ap-northeast-1.amazonaws.com/", 301, "<Code>PermanentRedirect</Code>"},
		{"its endpoint", "GET https://osaka.s3.ap-northeast-1.amazonaws.com/", 301, "<Endpoint>osaka.s3.ap-northeast-3.amazonaws.com</Endpoint>"},
		{"not empty", "DELETE " + corp + "/", 409, "<Code>BucketNotEmpty</Code>"},
		{"taken", "PUT " + corp + "/", 409, "<Code>BucketAlreadyOwnedByYou</Code>"},
		{"what it cannot do", "GET " + corp + "/?acl", 501, "<Code>NotImplemented</Code>"},
		{"no such upload", "PUT " + corp + "/k?partNumber=1&uploadId=x", 404, "<Code>NoSuchUpload</Code>"},
		{"a part out of range", "PUT " + corp + "/k?partNumber=10001&uploadId=x", 400, "<Code>InvalidArgument</Code>"},
	} {
		got := c.s3(t, tt.request, "")
		if got.status != tt.status || !strings.Contains(got.body, tt.want) || !strings.Contains(got.body, "<RequestId>") {
			t.Errorf("%s: %s = %d %s, want %d with %s", tt.why, tt.request, got.status, got.body, tt.status, tt.want)
		}
	}
	if got := c.s3(t, "HEAD https://osaka.s3.ap-northeast-1.amazonaws.com/", ""); got.status != 301 || got.header.Get("X-Amz-Bucket-Region") != "ap-northeast-3" {
		t.Errorf("HEAD of another region's bucket = %+v", got)
	}
}

func TestListing(t *testing.T) {
	c := newCorp(t)
	for _, key := range []string{"a/1", "a/2", "b", "c/x/1", "c/y", "d e"} {
		c.s3(t, "PUT "+corp+"/"+strings.ReplaceAll(key, " ", "%20"), "x")
	}
	name := regexp.MustCompile(`<(?:Key|CommonPrefixes><Prefix)>([^<]*)<`)
	token := regexp.MustCompile(`<NextContinuationToken>([^<]*)<`)
	for _, tt := range []struct{ why, query, want string }{
		{"everything", "", "a/1 a/2 b c/x/1 c/y d e"},
		{"encoded", "&encoding-type=url", "a/1 a/2 b c/x/1 c/y d+e"},
		{"a prefix", "&prefix=c/", "c/x/1 c/y"},
		{"folders", "&delimiter=/", "b d e a/ c/"},
		{"a folder in a folder", "&prefix=c/&delimiter=/", "c/y c/x/"},
		{"in pieces", "&max-keys=2", "a/1 a/2 | b c/x/1 | c/y d e"},
		{"folders in pieces", "&delimiter=/&max-keys=1", "a/ | b | c/ | d e"},
	} {
		var pages []string
		for next := ""; ; {
			got := c.s3(t, "GET "+corp+"/?list-type=2"+tt.query+next, "")
			var names []string
			for _, m := range name.FindAllStringSubmatch(got.body, -1) {
				names = append(names, m[1])
			}
			pages = append(pages, strings.Join(names, " "))
			m := token.FindStringSubmatch(got.body)
			if m == nil || len(pages) > 10 {
				break
			}
			next = "&continuation-token=" + m[1]
		}
		if got := strings.Join(pages, " | "); got != tt.want {
			t.Errorf("%s: listing%s = %s, want %s", tt.why, tt.query, got, tt.want)
		}
	}
}

// TestMultipart uploads three parts, the second one twice, and reads across
// their borders. 12 MiB are enough for files and too much for memory.
func TestMultipart(t *testing.T) {
	c := newCorp(t)
	all := make([]byte, 12<<20)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(all)
	begun := c.s3(t, "POST "+corp+"/big?uploads", "", "Content-Type", "image/png")
	id := regexp.MustCompile(`<UploadId>(\w+)<`).FindStringSubmatch(begun.body)
	if id == nil {
		t.Fatalf("POST ?uploads = %+v", begun)
	}
	var list strings.Builder
	sums := md5.New()
	for i, part := range [][]byte{all[:5<<20], all[5<<20 : 10<<20], all[10<<20:]} {
		at := fmt.Sprintf("PUT %s/big?partNumber=%d&uploadId=%s", corp, i+1, id[1])
		c.s3(t, at, "an attempt that failed")
		got := c.s3(t, at, string(part))
		sum := md5.Sum(part)
		sums.Write(sum[:])
		fmt.Fprintf(&list, "<Part><ETag>%s</ETag><PartNumber>%d</PartNumber></Part>", got.header.Get("ETag"), i+1)
	}
	complete := func(parts string) answer {
		return c.s3(t, "POST "+corp+"/big?uploadId="+id[1], "<CompleteMultipartUpload>"+parts+"</CompleteMultipartUpload>")
	}
	for why, bad := range map[string]string{
		"InvalidPart":      "<Part><ETag>x</ETag><PartNumber>1</PartNumber></Part>",
		"InvalidPartOrder": list.String() + "<Part><PartNumber>1</PartNumber></Part>",
		"MalformedXML":     "",
	} {
		if got := complete(bad); got.status != 400 || !strings.Contains(got.body, "<Code>"+why+"</Code>") {
			t.Errorf("completing it wrongly = %d %s, want %s", got.status, got.body, why)
		}
	}
	want := `"` + hex.EncodeToString(sums.Sum(nil)) + `-3"`
	if done := complete(list.String()); done.status != http.StatusOK || !strings.Contains(done.body, strings.ReplaceAll(want, `"`, "&#34;")) {
		t.Fatalf("completing it = %+v, want ETag %s", done, want)
	}
	got := c.s3(t, "GET "+corp+"/big", "")
	if sha256.Sum256([]byte(got.body)) != sha256.Sum256(all) || got.header.Get("ETag") != want || got.header.Get("Content-Type") != "image/png" {
		t.Errorf("GET = %d, %d bytes, %v", got.status, len(got.body), got.header)
	}
	across := c.s3(t, "GET "+corp+"/big", "", "Range", fmt.Sprintf("bytes=%d-%d", 5<<20-10, 10<<20+9))
	if across.body != string(all[5<<20-10:10<<20+10]) {
		t.Errorf("a range across three parts: %d bytes, %v", len(across.body), across.header)
	}
	if left, err := os.ReadDir(c.store.dir); err != nil || len(left) > 0 {
		t.Errorf("files with names: %v, %v", left, err)
	}
}

// TestUploadThatEndsOtherwise covers what may not become an object.
func TestUploadThatEndsOtherwise(t *testing.T) {
	c := newCorp(t)
	begun := c.s3(t, "POST "+corp+"/k?uploads", "")
	id := regexp.MustCompile(`<UploadId>(\w+)<`).FindStringSubmatch(begun.body)
	if id == nil {
		t.Fatalf("POST ?uploads = %+v", begun)
	}
	list := ""
	for i := 1; i <= 2; i++ {
		part := c.s3(t, fmt.Sprintf("PUT %s/k?partNumber=%d&uploadId=%s", corp, i, id[1]), "small")
		list += fmt.Sprintf("<Part><ETag>%s</ETag><PartNumber>%d</PartNumber></Part>", part.header.Get("ETag"), i)
	}
	for _, tt := range []struct {
		why, request, body string
		status             int
		want               string
	}{
		{"only the last part may be small", "POST " + corp + "/k?uploadId=" + id[1], "<X>" + list + "</X>", 400, "EntityTooSmall"},
		{"the upload of another key", "DELETE " + corp + "/other?uploadId=" + id[1], "", 404, "NoSuchUpload"},
		{"aborted", "DELETE " + corp + "/k?uploadId=" + id[1], "", 204, ""},
		{"after that", "POST " + corp + "/k?uploadId=" + id[1], "<X>" + list + "</X>", 404, "NoSuchUpload"},
		{"nothing came of it", "GET " + corp + "/k", "", 404, "NoSuchKey"},
	} {
		if got := c.s3(t, tt.request, tt.body); got.status != tt.status || !strings.Contains(got.body, tt.want) {
			t.Errorf("%s: %s = %d %s, want %d %s", tt.why, tt.request, got.status, got.body, tt.status, tt.want)
		}
	}
}

func TestSpan(t *testing.T) {
	var ps parts
	for _, text := range []string{"abc", "", "defg", "h"} {
		b, err := newBlob("", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		ps = append(ps, b)
	}
	const all = "abcdefgh"
	for off := range len(all) + 1 {
		for n := range len(all) - off + 1 {
			got, err := io.ReadAll(ps.span(int64(off), int64(n)))
			if want := all[off : off+n]; err != nil || string(got) != want {
				t.Errorf("span(%d, %d) = %q, %v, want %q", off, n, got, err, want)
			}
		}
	}
}

func TestBlobSizes(t *testing.T) {
	for _, size := range []int{0, 1, inMemory - 1, inMemory, inMemory + 1, 3 * inMemory} {
		want := bytes.Repeat([]byte("x"), size)
		b, err := newBlob(t.TempDir(), bytes.NewReader(want))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(io.NewSectionReader(b, 0, b.size))
		if err != nil || !bytes.Equal(got, want) || b.md5 != md5.Sum(want) {
			t.Errorf("a blob of %d bytes: %d bytes, %v", size, len(got), err)
		}
	}
}
