package standin

import (
	"bytes"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// query is the AWS query protocol: a form in, XML out. STS and SNS speak it. A
// service without actions is one that the stand-in does not know.
type query struct {
	s         *Server
	service   string
	namespace string
	actions   map[string]func(s *Server, c *Call, form url.Values) (result any, f *fault)
}

// maxForm bounds the body of a request that is not an object.
const maxForm = 1 << 20

func (q query) route(r *http.Request, c *Call) (handler, *fault) {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxForm))
	if err != nil {
		return nil, &fault{status: http.StatusBadRequest, code: "MalformedInput", message: err.Error()}
	}
	form, err := url.ParseQuery(string(body)) // without one it is empty
	if err != nil {
		return nil, &fault{status: http.StatusBadRequest, code: "MalformedQueryString", message: err.Error()}
	}
	name := form.Get("Action")
	if name == "" {
		name = r.URL.Query().Get("Action")
	}
	c.Operation = q.service + ":" + name
	r.Body = io.NopCloser(bytes.NewReader(body)) // for a Backend
	action, ok := q.actions[name]
	if !ok && q.s.o.AnyOperation {
		return q.blank(name), nil
	}
	if !ok {
		return nil, &fault{status: http.StatusBadRequest, code: "InvalidAction", message: "Could not find operation " + name + " for version " + form.Get("Version")}
	}
	return func(w http.ResponseWriter, _ *http.Request, c *Call) *fault {
		result, f := action(q.s, c, form)
		if f != nil {
			return f
		}
		return answerXML(w, http.StatusOK, queryAnswer{
			XMLName: xml.Name{Space: q.namespace, Local: name + "Response"},
			Result:  queryResult{XMLName: xml.Name{Local: name + "Result"}, Value: result},
			ID:      uuid(),
		})
	}, nil
}

type queryAnswer struct {
	XMLName xml.Name
	Result  queryResult
	ID      string `xml:"ResponseMetadata>RequestId"`
}

// queryResult gives the fields of Value an element of another name.
type queryResult struct {
	XMLName xml.Name
	Value   any
}

// MarshalXML writes Value's fields under the name of the result.
func (r queryResult) MarshalXML(e *xml.Encoder, _ xml.StartElement) error {
	return e.EncodeElement(r.Value, xml.StartElement{Name: r.XMLName})
}

// restXML are the services that speak XML without an Action ("protocol" in the
// service models of botocore), besides S3.
var restXML = map[string]bool{"route53": true, "cloudfront": true, "s3-outposts": true}

// isQuery reports whether r is of the query protocol.
func isQuery(r *http.Request) bool {
	return r.URL.Query().Has("Action") || strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded")
}

// blank answers an operation that the stand-in does not know with success and
// nothing in it.
func (q query) blank(name string) handler {
	return func(w http.ResponseWriter, _ *http.Request, _ *Call) *fault {
		doc := queryAnswer{XMLName: xml.Name{Space: q.namespace, Local: name + "Response"}, ID: uuid()}
		if name == "" {
			doc.XMLName.Local = "Response"
		}
		doc.Result = queryResult{XMLName: xml.Name{Local: name + "Result"}, Value: struct{}{}}
		return answerXML(w, http.StatusOK, doc)
	}
}

func (q query) noCredential() *fault {
	return &fault{status: http.StatusForbidden, code: "MissingAuthenticationToken", message: "Request is missing Authentication Token"}
}

func (q query) denied(message string) *fault {
	code := "AccessDenied"
	switch q.service {
	case "sns":
		code = "AuthorizationError"
	case "ec2":
		code = "UnauthorizedOperation"
	}
	return &fault{status: http.StatusForbidden, code: code, message: message}
}

func (query) wrongScope(*Call) *fault {
	return &fault{status: http.StatusForbidden, code: "SignatureDoesNotMatch", message: "Credential should be scoped to a valid region."}
}

func (q query) fail(w http.ResponseWriter, _ *http.Request, f *fault) {
	answerXML(w, f.status, queryError{
		XMLName: xml.Name{Space: q.namespace, Local: "ErrorResponse"},
		Type:    "Sender", Code: f.code, Message: f.message, ID: uuid(),
	})
}

type queryError struct {
	XMLName xml.Name
	Type    string `xml:"Error>Type"`
	Code    string `xml:"Error>Code"`
	Message string `xml:"Error>Message"`
	ID      string `xml:"RequestId"`
}
