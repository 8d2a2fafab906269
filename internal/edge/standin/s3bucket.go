package standin

import (
	"cmp"
	"encoding/xml"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// s3Time is how S3 writes a time in XML.
func s3Time(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

type bucketV1 struct{ Name, CreationDate string }

func (s *Server) listBuckets(w http.ResponseWriter, _ *http.Request, c *Call, _ *bucket) *fault {
	var doc struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListAllMyBucketsResult"`
		Owner   struct{ ID, DisplayName string }
		Buckets struct{ Bucket []bucketV1 }
	}
	doc.Owner.ID = s.iam.of(c.AccessKey).Account
	for _, b := range s.store.all() {
		doc.Buckets.Bucket = append(doc.Buckets.Bucket, bucketV1{b.name, s3Time(b.created)})
	}
	return answerXML(w, http.StatusOK, doc)
}

func (s *Server) bucketLocation(w http.ResponseWriter, _ *http.Request, c *Call, b *bucket) *fault {
	region := cmp.Or(b.region, c.HostRegion, c.Region)
	if region == "us-east-1" {
		region = "" // the first region has no constraint
	}
	return answerXML(w, http.StatusOK, element{xml.Name{Space: s3Namespace, Local: "LocationConstraint"}, region})
}

func (s *Server) headBucket(w http.ResponseWriter, _ *http.Request, _ *Call, _ *bucket) *fault {
	w.WriteHeader(http.StatusOK)
	return nil
}

func (s *Server) createBucket(w http.ResponseWriter, _ *http.Request, c *Call, _ *bucket) *fault {
	if !s.store.create(c.Bucket, c.Region, time.Now()) {
		return faultBucketExists.of(c.Bucket)
	}
	w.Header().Set("Location", "/"+c.Bucket)
	w.WriteHeader(http.StatusOK)
	return nil
}

func (s *Server) deleteBucket(w http.ResponseWriter, _ *http.Request, c *Call, _ *bucket) *fault {
	if f := s.store.remove(c.Bucket); f != nil {
		return f
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

type listV2 struct {
	XMLName                       xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListBucketResult"`
	Name, Prefix, Delimiter       string
	EncodingType                  string `xml:",omitempty"`
	MaxKeys, KeyCount             int
	IsTruncated                   bool
	Marker, NextMarker            string `xml:",omitempty"` // of the first version
	ContinuationToken, StartAfter string `xml:",omitempty"`
	NextContinuationToken         string `xml:",omitempty"`
	Contents                      []contentV2
	CommonPrefixes                []prefixV2
}

type contentV2 struct {
	Key, LastModified, ETag string
	Size                    int64
	StorageClass            string
}

type prefixV2 struct{ Prefix string }

// maxKeys is the most that one answer lists.
const maxKeys = 1000

// listObjects answers both versions of the listing. A continuation token is the
// last name of the answer before it.
func (s *Server) listObjects(w http.ResponseWriter, r *http.Request, _ *Call, b *bucket) *fault {
	q := r.URL.Query()
	limit := maxKeys
	if v := q.Get("max-keys"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 {
			return faultInvalidArgument.of("max-keys")
		}
		limit = min(n, maxKeys)
	}
	encode := func(name string) string { return name }
	if q.Get("encoding-type") == "url" {
		encode = func(name string) string { return strings.ReplaceAll(url.QueryEscape(name), "%2F", "/") }
	}
	doc := listV2{
		Name: b.name, Prefix: encode(q.Get("prefix")), Delimiter: encode(q.Get("delimiter")), MaxKeys: limit,
		EncodingType: q.Get("encoding-type"), ContinuationToken: q.Get("continuation-token"), StartAfter: encode(q.Get("start-after")),
	}
	objects := s.store.objects(b)
	after := max(q.Get("continuation-token"), q.Get("start-after"), q.Get("marker"))
	last := after
	for name, folder := range listing(slices.Sorted(maps.Keys(objects)), q.Get("prefix"), q.Get("delimiter"), after) {
		if doc.KeyCount == limit {
			doc.IsTruncated = true
			break
		}
		doc.KeyCount++
		last = name
		if folder {
			doc.CommonPrefixes = append(doc.CommonPrefixes, prefixV2{encode(name)})
			continue
		}
		o := objects[name]
		doc.Contents = append(doc.Contents, contentV2{encode(name), s3Time(o.modified), o.etag, o.parts.size(), "STANDARD"})
	}
	if doc.IsTruncated && q.Get("list-type") == "2" {
		doc.NextContinuationToken = last
	} else if doc.IsTruncated {
		doc.NextMarker = encode(last)
	}
	return answerXML(w, http.StatusOK, doc)
}

// listing yields the names behind after, of the sorted keys that begin with
// prefix: keys, and folders for those in which delimiter follows.
func listing(keys []string, prefix, delimiter, after string) func(yield func(name string, folder bool) bool) {
	return func(yield func(string, bool) bool) {
		inside := ""
		if delimiter != "" && strings.HasSuffix(after, delimiter) {
			inside = after
		}
		for _, key := range keys {
			rest, ok := strings.CutPrefix(key, prefix)
			if !ok || key <= after || inside != "" && strings.HasPrefix(key, inside) {
				continue
			}
			folder := false
			if delimiter != "" {
				if name, _, found := strings.Cut(rest, delimiter); found {
					key, folder = prefix+name+delimiter, true
					inside = key
				}
			}
			if !yield(key, folder) {
				return
			}
		}
	}
}

func (s *Server) deleteObjects(w http.ResponseWriter, r *http.Request, _ *Call, b *bucket) *fault {
	var in struct {
		Object []struct{ Key string }
		Quiet  bool
	}
	if err := xml.NewDecoder(io.LimitReader(readBody(r), maxForm)).Decode(&in); err != nil {
		return faultMalformedXML.of("")
	}
	var doc struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ DeleteResult"`
		Deleted []struct{ Key string }
	}
	for _, o := range in.Object {
		s.store.put(b, o.Key, nil)
		if !in.Quiet {
			doc.Deleted = append(doc.Deleted, o)
		}
	}
	return answerXML(w, http.StatusOK, doc)
}
