package standin

import (
	"net/http"
	"net/url"
	"time"
)

const stsNamespace = "https://sts.amazonaws.com/doc/2011-06-15/"

var stsActions = map[string]func(*Server, *Call, url.Values) (any, *fault){
	"GetCallerIdentity": (*Server).callerIdentity,
	"AssumeRole":        (*Server).assumeRole,
}

// callerIdentity names whose key was used: a proxy that hands out its own role
// is found out by it.
func (s *Server) callerIdentity(c *Call, _ url.Values) (any, *fault) {
	who := s.iam.of(c.AccessKey)
	return struct{ Arn, UserId, Account string }{who.ARN, who.UserID, who.Account}, nil // the names are AWS's
}

type credentials struct {
	AccessKeyId     string // AWS's name
	SecretAccessKey string
	SessionToken    string
	Expiration      string
}

type assumedRole struct {
	Credentials credentials
	User        struct{ AssumedRoleId, Arn string } `xml:"AssumedRoleUser"` // AWS's names
}

func (s *Server) assumeRole(_ *Call, form url.Values) (any, *fault) {
	role, session := form.Get("RoleArn"), form.Get("RoleSessionName")
	if role == "" || session == "" {
		return nil, &fault{status: http.StatusBadRequest, code: "ValidationError", message: "RoleArn and RoleSessionName must not be null"}
	}
	key, who := s.iam.assume(role, session)
	var a assumedRole
	a.Credentials = credentials{key, randomID(20), randomID(32), time.Now().Add(time.Hour).UTC().Format(time.RFC3339)}
	a.User.AssumedRoleId, a.User.Arn = who.UserID, who.ARN
	return a, nil
}
