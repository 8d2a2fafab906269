package standin

import (
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// keptFields are what a client says of an object and gets back with it, beside
// X-Amz-Meta-.
var keptFields = []string{"Cache-Control", "Content-Disposition", "Content-Language", "Content-Type", "Expires"}

// kept returns the fields of r that belong to the object, not to the request.
func kept(r *http.Request) http.Header {
	h := http.Header{"Content-Type": {"binary/octet-stream"}}
	for name, values := range r.Header {
		if strings.HasPrefix(name, "X-Amz-Meta-") {
			h[name] = values
		}
	}
	for _, name := range keptFields {
		if v := r.Header.Get(name); v != "" {
			h.Set(name, v)
		}
	}
	return h
}

func (s *Server) putObject(w http.ResponseWriter, r *http.Request, c *Call, b *bucket) *fault {
	if source := r.Header.Get("X-Amz-Copy-Source"); source != "" {
		return s.copyObject(w, source, b, c.Key)
	}
	blob, checksums, f := s.receive(r)
	if f != nil {
		return f
	}
	header := kept(r)
	for name, values := range checksums {
		header[name] = values
		w.Header()[name] = values
	}
	o := &object{parts: parts{blob}, etag: blob.etag(), modified: time.Now(), header: header}
	s.store.put(b, c.Key, o)
	w.Header().Set("ETag", o.etag)
	w.WriteHeader(http.StatusOK)
	return nil
}

// receive reads the object that r carries, and checks what r says of it.
func (s *Server) receive(r *http.Request) (*blob, http.Header, *fault) {
	body := readBody(r)
	sums := newChecksums(r.Header)
	b, err := newBlob(s.store.dir, io.TeeReader(body, sums))
	if err != nil {
		return nil, nil, faultIncompleteBody.of("")
	}
	if want := r.Header.Get("X-Amz-Decoded-Content-Length"); want != "" && want != strconv.FormatInt(b.size, 10) {
		return nil, nil, faultIncompleteBody.of("")
	}
	checked, f := sums.check(b, r.Header, body.trailer())
	return b, checked, f
}

type copied struct {
	XMLName            xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ CopyObjectResult"`
	ETag, LastModified string
}

func (s *Server) copyObject(w http.ResponseWriter, source string, to *bucket, key string) *fault {
	path, err := url.PathUnescape(strings.TrimPrefix(source, "/"))
	if err != nil {
		return faultInvalidArgument.of("x-amz-copy-source")
	}
	name, from, _ := strings.Cut(path, "/")
	b := s.bucket(name)
	if b == nil {
		return faultNoSuchBucket.of(name)
	}
	o := s.store.object(b, from)
	if o == nil {
		return faultNoSuchKey.of(from)
	}
	moved := *o
	moved.modified = time.Now()
	s.store.put(to, key, &moved)
	return answerXML(w, http.StatusOK, copied{ETag: moved.etag, LastModified: s3Time(moved.modified)})
}

func (s *Server) deleteObject(w http.ResponseWriter, _ *http.Request, c *Call, b *bucket) *fault {
	s.store.put(b, c.Key, nil) // also if there is none
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// getObject answers GET and HEAD.
func (s *Server) getObject(w http.ResponseWriter, r *http.Request, c *Call, b *bucket) *fault {
	o := s.store.object(b, c.Key)
	if o == nil {
		return faultNoSuchKey.of(c.Key)
	}
	if want := r.Header.Get("If-Match"); want != "" && want != "*" && strings.Trim(want, `"`) != strings.Trim(o.etag, `"`) {
		return faultPrecondition.of("If-Match")
	}
	if other := r.Header.Get("If-None-Match"); other != "" && strings.Trim(other, `"`) == strings.Trim(o.etag, `"`) {
		return faultNotModified.of("")
	}
	size := o.parts.size()
	off, n, status := int64(0), size, http.StatusOK
	if asked := r.Header.Get("Range"); asked != "" {
		var ok bool
		if off, n, ok = byteRange(asked, size); !ok {
			return faultInvalidRange.of(asked)
		}
		status = http.StatusPartialContent
	}
	h := w.Header()
	for name, values := range o.header {
		if !isChecksum(name) || status == http.StatusOK && r.Header.Get("X-Amz-Checksum-Mode") != "" {
			h[name] = values
		}
	}
	h.Set("ETag", o.etag)
	h.Set("Last-Modified", o.modified.UTC().Format(http.TimeFormat))
	h.Set("Accept-Ranges", "bytes")
	h.Set("Content-Length", strconv.FormatInt(n, 10))
	if status == http.StatusPartialContent {
		h.Set("Content-Range", "bytes "+strconv.FormatInt(off, 10)+"-"+strconv.FormatInt(off+n-1, 10)+"/"+strconv.FormatInt(size, 10))
	}
	w.WriteHeader(status)
	if r.Method == http.MethodGet {
		_, _ = io.Copy(w, o.parts.span(off, n)) // the client may go away
	}
	return nil
}

// byteRange reads a Range field with one range, the only sort that S3 answers.
func byteRange(field string, size int64) (off, n int64, ok bool) {
	spec, isBytes := strings.CutPrefix(field, "bytes=")
	from, to, hasDash := strings.Cut(spec, "-")
	if !isBytes || !hasDash {
		return 0, 0, false
	}
	if from == "" { // the last bytes
		n, err := strconv.ParseInt(to, 10, 64)
		n = min(n, size)
		return size - n, n, err == nil && n > 0
	}
	off, err := strconv.ParseInt(from, 10, 64)
	if err != nil || off < 0 || off >= size {
		return 0, 0, false
	}
	last := size - 1
	if to != "" {
		if last, err = strconv.ParseInt(to, 10, 64); err != nil || last < off {
			return 0, 0, false
		}
	}
	return off, min(last, size-1) - off + 1, true
}
