package cli

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/access"
)

// liveJSON is the answer of GET /explain on the admin listener.
type liveJSON struct {
	Schema string `json:"schema"`
	explainJSON
}

// explainLive answers GET /explain?from=&endpoint=&host=&port= by the rules in
// force, with the proxy's own addresses known.
func (s *session) explainLive(r *http.Request, rules *access.Rules, own access.Own) (any, error) {
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
	asked[0].Own = own
	doc := liveJSON{Schema: "deguchi/explain/v1"}
	doc.Decisions = []decisionJSON{s.decision(rules, &asked[0])}
	return doc, nil
}
