package cli

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// explainLive is the answer of GET /explain on the admin listener.
type explainLive struct {
	Schema string `json:"schema"`
	explainJSON
}

// explain answers GET /explain?from=&endpoint=&host=&port= by the rules in
// force, with the proxy's own addresses known.
func (d *daemon) explain(r *http.Request) (any, error) {
	query := r.URL.Query()
	flags := explainFlags{from: query.Get("from"), endpoint: query.Get("endpoint"), scheme: query.Get("scheme")}
	if flags.scheme == "" {
		flags.scheme = "https"
	}
	target := query.Get("host")
	if target == "" {
		return nil, errors.New("host is missing")
	}
	if port := query.Get("port"); port != "" {
		target = net.JoinHostPort(strings.Trim(target, "[]"), port)
	}
	asked, bad := flags.requests([]string{target}, time.Now())
	if bad != nil {
		return nil, errors.New(bad.why.In(reason.English))
	}
	asked[0].Own = d.server.Own
	doc := explainLive{Schema: "deguchi/explain/v1"}
	doc.Decisions = []decisionJSON{d.decision(d.server.Policy().Rules, &asked[0])}
	return doc, nil
}
