package standin

import (
	"encoding/xml"
	"io"
	"maps"
	"net/http"
	"strconv"
	"time"
)

type uploadBegun struct {
	XMLName               xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ InitiateMultipartUploadResult"`
	Bucket, Key, UploadId string   // AWS's name
}

func (s *Server) createUpload(w http.ResponseWriter, r *http.Request, c *Call, b *bucket) *fault {
	return answerXML(w, http.StatusOK, uploadBegun{Bucket: b.name, Key: c.Key, UploadId: s.store.begin(b, c.Key, kept(r))})
}

// maxParts is how many parts an upload may have.
const maxParts = 10000

func (s *Server) uploadPart(w http.ResponseWriter, r *http.Request, c *Call, b *bucket) *fault {
	q := r.URL.Query()
	number, err := strconv.Atoi(q.Get("partNumber"))
	if err != nil || number < 1 || number > maxParts {
		return faultInvalidArgument.of("partNumber")
	}
	blob, checksums, f := s.receive(r)
	if f != nil {
		return f
	}
	if f := s.store.part(b, c.Key, q.Get("uploadId"), number, blob); f != nil {
		return f
	}
	maps.Copy(w.Header(), checksums)
	w.Header().Set("ETag", blob.etag())
	w.WriteHeader(http.StatusOK)
	return nil
}

type uploadDone struct {
	XMLName                     xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ CompleteMultipartUploadResult"`
	Location, Bucket, Key, ETag string
}

func (s *Server) completeUpload(w http.ResponseWriter, r *http.Request, c *Call, b *bucket) *fault {
	var in struct{ Part []named }
	if err := xml.NewDecoder(io.LimitReader(readBody(r), maxForm)).Decode(&in); err != nil {
		return faultMalformedXML.of("")
	}
	o, f := s.store.complete(b, c.Key, r.URL.Query().Get("uploadId"), in.Part, time.Now())
	if f != nil {
		return f
	}
	return answerXML(w, http.StatusOK, uploadDone{Location: "https://" + r.Host + r.URL.EscapedPath(), Bucket: b.name, Key: c.Key, ETag: o.etag})
}

func (s *Server) abortUpload(w http.ResponseWriter, r *http.Request, c *Call, b *bucket) *fault {
	if f := s.store.abort(b, c.Key, r.URL.Query().Get("uploadId")); f != nil {
		return f
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
