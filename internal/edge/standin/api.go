package standin

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net/http"
)

// api is the protocol of a service, or of several.
type api interface {
	// route finds what answers r, and names the operation in c.
	route(r *http.Request, c *Call) (handler, *fault)
	// noCredential is the answer to a request without one.
	noCredential() *fault
	// denied is the answer to a request that is not permitted.
	denied(message string) *fault
	// wrongScope is the answer to a credential for another region than the
	// host's.
	wrongScope(c *Call) *fault
	// fail answers r with f.
	fail(w http.ResponseWriter, r *http.Request, f *fault)
}

// handler answers a call, or returns what is wrong and has written nothing.
type handler func(w http.ResponseWriter, r *http.Request, c *Call) *fault

// fault is an error as AWS reports it.
type fault struct {
	status  int
	code    string
	message string
	detail  []element // further elements of an S3 error, such as BucketName
}

// element is an XML element that holds text.
type element struct {
	XMLName xml.Name
	Text    string `xml:",chardata"`
}

func text(name, value string) element { return element{xml.Name{Local: name}, value} }

// api returns the protocol of service, as r speaks it.
func (s *Server) api(service string, r *http.Request) api {
	switch service {
	case "s3":
		return s3{s}
	case "sts":
		return query{s, "sts", stsNamespace, stsActions}
	case "sns":
		return query{s, "sns", snsNamespace, snsActions}
	case "autoscaling":
		return query{s, "autoscaling", autoscalingNamespace, autoscalingActions}
	case "ssm":
		return jsonRPC{s, "ssm", ssmActions}
	case channelService:
		return channel{s}
	}
	if !restXML[service] && !isQuery(r) {
		return jsonRPC{s, service, nil}
	}
	return query{s, service, "http://" + service + ".amazonaws.com/doc/", nil}
}

// notAuthorized words a denial as IAM does. Source: Amazon S3 User Guide,
// "Troubleshoot access denied (403 Forbidden) errors"; IAM User Guide,
// "Troubleshoot access denied error messages".
func (s *Server) notAuthorized(c *Call, d *Denial) string {
	who := "User: " + s.iam.of(c.AccessKey).ARN
	if c.AccessKey == "" {
		who = "User: anonymous"
	}
	text := who + " is not authorized to perform: " + c.Operation
	if d.Resource != "" {
		text += fmt.Sprintf(" on resource: %q", d.Resource)
	}
	if d.Because != "" {
		text += " " + d.Because
	}
	return text
}

// answerXML writes doc.
func answerXML(w http.ResponseWriter, status int, doc any) *fault {
	b, err := xml.Marshal(doc)
	if err != nil {
		return &fault{status: http.StatusInternalServerError, code: "InternalError", message: err.Error()}
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = w.Write(append([]byte(xml.Header), b...))
	return nil
}

// randomID returns n random bytes as hexadecimal digits.
func randomID(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: crypto/rand
	return hex.EncodeToString(b)
}

// uuid returns a random request or message id.
func uuid() string {
	id := randomID(16)
	return fmt.Sprintf("%s-%s-4%s-a%s-%s", id[:8], id[8:12], id[13:16], id[17:20], id[20:])
}
