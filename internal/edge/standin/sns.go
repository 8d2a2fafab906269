package standin

import (
	"net/http"
	"net/url"
	"strings"
)

const snsNamespace = "http://sns.amazonaws.com/doc/2010-03-31/"

var snsActions = map[string]func(*Server, *Call, url.Values) (any, *fault){
	"Publish": (*Server).publish,
}

// publish takes a message for any topic of the region that was asked.
func (s *Server) publish(c *Call, form url.Values) (any, *fault) {
	topic := form.Get("TopicArn")
	arn := strings.Split(topic, ":") // arn:aws:sns:REGION:ACCOUNT:NAME
	if len(arn) != 6 || arn[0] != "arn" || arn[2] != "sns" || arn[3] != c.Region {
		return nil, &fault{status: http.StatusBadRequest, code: "InvalidParameter", message: "Invalid parameter: TopicArn Reason: no valid topic of " + c.Region + ": " + topic}
	}
	if form.Get("Message") == "" {
		return nil, &fault{status: http.StatusBadRequest, code: "InvalidParameter", message: "Invalid parameter: Empty message"}
	}
	return struct{ MessageId string }{uuid()}, nil // AWS's name
}
