package standin

import (
	"cmp"
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/awsname"
)

const s3Namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

// s3 is the REST protocol of S3, in path style and under bucket names.
type s3 struct{ s *Server }

// operation is one of S3's. Where several fit a request, the first is meant.
type operation struct {
	action  string // in the words of IAM policies
	method  string
	on      level
	query   string // a parameter that the request has; empty for any request
	perform func(s *Server, w http.ResponseWriter, r *http.Request, c *Call, b *bucket) *fault
}

// level is what a request's path names.
type level int

const (
	onService level = iota
	onBucket
	onKey
)

var s3Operations = []operation{
	{"s3:ListAllMyBuckets", "GET", onService, "", (*Server).listBuckets},
	{"s3:GetBucketLocation", "GET", onBucket, "location", (*Server).bucketLocation},
	{"s3:ListBucket", "GET", onBucket, "", (*Server).listObjects},
	{"s3:ListBucket", "HEAD", onBucket, "", (*Server).headBucket},
	{"s3:CreateBucket", "PUT", onBucket, "", (*Server).createBucket},
	{"s3:DeleteBucket", "DELETE", onBucket, "", (*Server).deleteBucket},
	{"s3:DeleteObject", "POST", onBucket, "delete", (*Server).deleteObjects},
	{"s3:GetObject", "GET", onKey, "", (*Server).getObject},
	{"s3:GetObject", "HEAD", onKey, "", (*Server).getObject},
	{"s3:PutObject", "PUT", onKey, "partNumber", (*Server).uploadPart},
	{"s3:PutObject", "PUT", onKey, "", (*Server).putObject},
	{"s3:PutObject", "POST", onKey, "uploads", (*Server).createUpload},
	{"s3:PutObject", "POST", onKey, "uploadId", (*Server).completeUpload},
	{"s3:AbortMultipartUpload", "DELETE", onKey, "uploadId", (*Server).abortUpload},
	{"s3:DeleteObject", "DELETE", onKey, "", (*Server).deleteObject},
}

// otherResources are parameters that make a request one for something else than
// the bucket or the object.
var otherResources = []string{"acl", "cors", "encryption", "lifecycle", "policy", "tagging", "uploads", "versioning", "versions", "website"}

func (a s3) route(r *http.Request, c *Call) (handler, *fault) {
	on := onService
	path := strings.TrimPrefix(r.URL.Path, "/")
	if bucket, ok := s3Host(c.Host); ok && bucket != "" {
		c.Bucket, c.Key = bucket, path
	} else {
		c.Bucket, c.Key, _ = strings.Cut(path, "/")
	}
	switch {
	case c.Key != "":
		on = onKey
	case c.Bucket != "":
		on = onBucket
	}
	params := r.URL.Query()
	for i := range s3Operations {
		op := &s3Operations[i]
		if op.method == r.Method && op.on == on && op.fits(params) {
			c.Operation = op.action
			return func(w http.ResponseWriter, r *http.Request, c *Call) *fault { return a.perform(op, w, r, c) }, nil
		}
	}
	c.Operation = "s3:Unknown"
	return nil, faultNotImplemented.of("")
}

func (op *operation) fits(params url.Values) bool {
	if op.query != "" {
		return params.Has(op.query)
	}
	return !slices.ContainsFunc(otherResources, params.Has)
}

// perform finds the bucket.
func (a s3) perform(op *operation, w http.ResponseWriter, r *http.Request, c *Call) *fault {
	b := a.s.bucket(c.Bucket)
	if b != nil {
		w.Header().Set("X-Amz-Bucket-Region", cmp.Or(b.region, c.at()))
	}
	if b == nil && op.on != onService && op.action != "s3:CreateBucket" {
		return faultNoSuchBucket.of(c.Bucket)
	}
	return op.perform(a.s, w, r, c, b)
}

// at is the region that was asked.
func (c *Call) at() string { return cmp.Or(c.HostRegion, c.Region) }

// elsewhere sends on who asks another region than the bucket's, whoever answers
// for this one.
func (a s3) elsewhere(w http.ResponseWriter, c *Call) *fault {
	b := a.s.store.bucket(c.Bucket)
	if b == nil || b.region == "" || b.region == c.at() || c.Operation == "s3:GetBucketLocation" || c.Operation == "s3:CreateBucket" {
		return nil
	}
	w.Header().Set("X-Amz-Bucket-Region", b.region)
	return redirect(c, b)
}

func (s3) noCredential() *fault { return nil } // it is for policies to say what anybody may do

func (s3) denied(message string) *fault {
	return &fault{status: http.StatusForbidden, code: faultAccessDenied.code, message: cmp.Or(message, faultAccessDenied.message)}
}

// wrongScope: clients read the region off it and try once more.
func (s3) wrongScope(c *Call) *fault {
	return &fault{
		status: http.StatusBadRequest, code: "AuthorizationHeaderMalformed",
		message: "The authorization header is malformed; the region '" + c.Region + "' is wrong; expecting '" + c.HostRegion + "'",
		detail:  []element{text("Region", c.HostRegion)},
	}
}

// fail writes f as S3 does. An answer to HEAD has no body, so clients read the
// status only.
func (s3) fail(w http.ResponseWriter, r *http.Request, f *fault) {
	id := strings.ToUpper(randomID(8))
	w.Header().Set("X-Amz-Request-Id", id)
	if r.Method == http.MethodHead {
		w.WriteHeader(f.status)
		return
	}
	answerXML(w, f.status, s3Error{Code: f.code, Message: f.message, Detail: f.detail, ID: id, Host: randomID(28)})
}

type s3Error struct {
	XMLName xml.Name `xml:"Error"`
	Code    string
	Message string
	Detail  []element
	ID      string `xml:"RequestId"`
	Host    string `xml:"HostId"`
}

// s3Fault is an error that S3 documents, with its text.
type s3Fault struct {
	status        int
	code, message string
	detail        string // the element that names what is wrong
}

// The errors of S3 ("Error responses" in the API reference of Amazon S3).
var (
	faultAccessDenied     = s3Fault{403, "AccessDenied", "Access Denied", ""}
	faultBadDigest        = s3Fault{400, "BadDigest", "The checksum you specified did not match the calculated checksum.", "Checksum"}
	faultBucketExists     = s3Fault{409, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it.", "BucketName"}
	faultBucketNotEmpty   = s3Fault{409, "BucketNotEmpty", "The bucket you tried to delete is not empty", "BucketName"}
	faultEntityTooSmall   = s3Fault{400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", "PartNumber"}
	faultIncompleteBody   = s3Fault{400, "IncompleteBody", "The request body terminated unexpectedly", ""}
	faultInvalidArgument  = s3Fault{400, "InvalidArgument", "Invalid Argument", "ArgumentName"}
	faultInvalidPart      = s3Fault{400, "InvalidPart", "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.", "PartNumber"}
	faultInvalidPartOrder = s3Fault{400, "InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number.", "UploadId"}
	faultInvalidRange     = s3Fault{416, "InvalidRange", "The requested range is not satisfiable", "RangeRequested"}
	faultMalformedXML     = s3Fault{400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema", ""}
	faultNoSuchBucket     = s3Fault{404, "NoSuchBucket", "The specified bucket does not exist", "BucketName"}
	faultNoSuchKey        = s3Fault{404, "NoSuchKey", "The specified key does not exist.", "Key"}
	faultNoSuchUpload     = s3Fault{404, "NoSuchUpload", "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.", "UploadId"}
	faultNotImplemented   = s3Fault{501, "NotImplemented", "A header or query you provided implies functionality that is not implemented", ""}
	faultNotModified      = s3Fault{304, "NotModified", "Not Modified", ""}
	faultPrecondition     = s3Fault{412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", "Condition"}
)

// of is the error about what.
func (f s3Fault) of(what string) *fault {
	full := &fault{status: f.status, code: f.code, message: f.message}
	if f.detail != "" {
		full.detail = []element{text(f.detail, what)}
	}
	return full
}

// redirect is what the wrong region answers. Clients follow it on their own. The
// global name of a bucket is redirected for as long as its DNS entry leads to
// us-east-1 ("Making requests", Amazon S3 API reference).
func redirect(c *Call, b *bucket) *fault {
	endpoint := "s3." + b.region + "." + awsname.Suffix(awsdata.PartitionOf(b.region), "")
	inName := strings.HasPrefix(c.Host, b.name+".")
	if inName {
		endpoint = b.name + "." + endpoint
	}
	f := &fault{
		status: http.StatusMovedPermanently, code: "PermanentRedirect",
		message: "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.",
		detail:  []element{text("Bucket", b.name), text("Endpoint", endpoint)},
	}
	if inName && c.Host == b.name+".s3.amazonaws.com" {
		f.status, f.code = http.StatusTemporaryRedirect, "TemporaryRedirect"
		f.message = "Please re-send this request to the specified temporary endpoint. Continue to use the original request endpoint for future requests."
	}
	return f
}
