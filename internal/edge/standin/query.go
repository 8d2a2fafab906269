package standin

import (
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
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
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, &fault{status: http.StatusBadRequest, code: "MalformedQueryString", message: err.Error()}
	}
	name := form.Get("Action")
	if name == "" {
		name = r.URL.Query().Get("Action")
	}
	c.Operation = q.service + ":" + name
	action, ok := q.actions[name]
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

func (q query) noCredential() *fault {
	return &fault{status: http.StatusForbidden, code: "MissingAuthenticationToken", message: "Request is missing Authentication Token"}
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
