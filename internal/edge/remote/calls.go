package remote

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/model/yamldoc"
)

// object reads an object of S3, unless it is still the one of version have.
func (c *client) object(ctx context.Context, bucket, key, have string) (Document, error) {
	base, err := c.endpoint("s3")
	if err != nil {
		return Document{}, err
	}
	now := time.Now()
	resp, text, err := c.call(ctx, "s3", func() (*http.Request, string, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, objectURL(base, bucket, key).String(), nil)
		if err == nil && have != "" {
			req.Header.Set("If-None-Match", `"`+have+`"`)
		}
		return req, hashOf(nil), err
	})
	switch {
	case err != nil:
		return Document{}, err
	case len(text) > yamldoc.MaxBytes:
		return Document{}, errTooLarge
	}
	return Document{Version: strings.Trim(resp.Header.Get("ETag"), `"`), Text: text, Taken: now}, nil
}

// objectURL is where an object stands: below a name of the bucket's own where the
// bucket's name may be a label, as S3 wants it, else in the path.
func objectURL(base *url.URL, bucket, key string) *url.URL {
	u := *base
	path := "/" + key
	_, err := netip.ParseAddr(u.Hostname())
	if isLabel := err != nil && !strings.ContainsAny(bucket, "._ABCDEFGHIJKLMNOPQRSTUVWXYZ"); isLabel {
		u.Host = bucket + "." + u.Host
	} else {
		path = "/" + bucket + path
	}
	u.Path = strings.TrimSuffix(u.Path, "/") + path
	u.RawPath = escaped(u.Path)
	return &u
}

// escaped is path as signatures of S3 want it: all but unreserved characters
// (RFC 3986) and slashes are encoded.
func escaped(path string) string {
	return strings.NewReplacer("+", "%20", "%2F", "/", "%7E", "~").Replace(url.QueryEscape(path))
}

// parameter reads a parameter of Systems Manager, which cannot be asked whether
// it has changed.
func (c *client) parameter(ctx context.Context, name string) (Document, error) {
	base, err := c.endpoint("ssm")
	if err != nil {
		return Document{}, err
	}
	asked, err := json.Marshal(map[string]any{"Name": name, "WithDecryption": true})
	if err != nil {
		return Document{}, err
	}
	now := time.Now()
	_, body, err := c.call(ctx, "ssm", func() (*http.Request, string, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, base.JoinPath("/").String(), bytes.NewReader(asked))
		if err == nil {
			req.Header.Set("Content-Type", "application/x-amz-json-1.1")
			req.Header.Set("X-Amz-Target", "AmazonSSM.GetParameter")
		}
		return req, hashOf(asked), err
	})
	if err != nil {
		return Document{}, err
	}
	var answer struct {
		Parameter *struct {
			Value   string
			Version int64
		}
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return Document{}, err
	}
	if answer.Parameter == nil {
		return Document{}, errors.New("an answer without a parameter")
	}
	return Document{Version: strconv.FormatInt(answer.Parameter.Version, 10), Text: []byte(answer.Parameter.Value), Taken: now}, nil
}

func hashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// apiError is what AWS answered instead.
type apiError struct {
	status        int
	code, message string
}

func (e *apiError) Error() string {
	return strings.Join(strings.Fields(strconv.Itoa(e.status)+" "+e.code+": "+e.message), " ")
}

// refused reads an error as S3 (XML) and Systems Manager (JSON) write them. A code
// may have a name space in front of it, and words behind it.
func refused(resp *http.Response, body []byte) *apiError {
	e := &apiError{status: resp.StatusCode, message: http.StatusText(resp.StatusCode)}
	var said struct {
		XMLName xml.Name `json:"-"`
		Code    string   `xml:"Code" json:"__type"`
		Message string   `xml:"Message" json:"message"`
	}
	if xml.Unmarshal(body, &said) != nil && json.Unmarshal(body, &said) != nil {
		return e
	}
	_, e.code, _ = strings.Cut("#"+said.Code[strings.Index(said.Code, "#")+1:], "#")
	e.code, _, _ = strings.Cut(e.code, ":")
	if said.Message != "" {
		e.message = said.Message
	}
	return e
}

// classified returns the code for what AWS answered, "" if it said nothing that
// is known.
func classified(err error) reason.Code {
	if errors.Is(err, errTooLarge) {
		return "remote.too-large"
	}
	if errors.Is(err, errNoRegion) {
		return "remote.no-region"
	}
	if api, ok := errors.AsType[*apiError](err); ok {
		switch api.code {
		case "NoSuchKey", "NoSuchBucket", "ParameterNotFound", "ParameterVersionNotFound":
			return "remote.missing"
		case "AccessDenied", "AccessDeniedException", "Forbidden", "InvalidAccessKeyId", "SignatureDoesNotMatch",
			"ExpiredToken", "ExpiredTokenException", "UnrecognizedClientException", "InvalidClientTokenId":
			return "remote.denied"
		case "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException":
			return "remote.elsewhere"
		}
		if api.status == http.StatusMovedPermanently {
			return "remote.elsewhere"
		}
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return "remote.unreachable"
	}
	return ""
}
