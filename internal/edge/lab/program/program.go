// Package program is how real programs make one request: the command of the AWS
// CLI, curl, a Go client and a Python client that asks for exactly what a test
// asks for, and what is to be learned from what they print.
//
//	command, ok := program.Command(program.AWS, program.Request{URL: u, Asked: asked, Key: key})
//	phases := program.Phases(program.AWS, exit, output)
//
// Programs find proxies, certificates and credentials in their environment, which
// is not the business of this package; only what has no variable there is said in
// the command. It runs nothing, except that Ask is the Go client.
package program

import (
	"net/url"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/edge/lab/service"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/engine/route/target"
)

// Program is a program that makes requests.
type Program string

// The programs.
const (
	AWS    Program = "aws" // the AWS CLI
	Curl   Program = "curl"
	Go     Program = "go"     // net/http: this program itself
	Python Program = "python" // requests
)

// Request is what a program is to ask for.
type Request struct {
	URL   *url.URL
	Asked route.Asked // what URL is, completed by what its test tells
	Key   service.Credential
	// Self is the command that ends in a call of Main, for Go.
	Self []string
	// Connect and Total bound the attempt where a program has an option for it; 0
	// is 4 s and 8 s.
	Connect, Total time.Duration
}

const (
	defaultConnect = 4 * time.Second
	defaultTotal   = 8 * time.Second
)

// Command returns the command with which p asks for r. It is false if p has none
// that asks for exactly that.
func Command(p Program, r Request) ([]string, bool) {
	if r.Connect == 0 {
		r.Connect = defaultConnect
	}
	if r.Total == 0 {
		r.Total = defaultTotal
	}
	switch p {
	case AWS:
		return r.aws()
	case Curl:
		return r.curl(), true
	case Go:
		return append(append([]string{}, r.Self...), r.URL.String(), r.method(), r.authorization(), r.Key.Token, r.target()), len(r.Self) > 0
	case Python:
		return []string{"python3", "-c", pythonClient, r.URL.String(), r.method(), r.authorization(), r.Key.Token, r.target(), r.Connect.String(), r.Total.String()}, true
	}
	return nil, false
}

// method is the HTTP method that does what r is for.
func (r *Request) method() string {
	switch r.Asked.Action {
	case "s3:PutObject":
		return "PUT"
	case "s3:DeleteObject":
		return "DELETE"
	}
	return "GET"
}

// target is the field X-Amz-Target, which names an operation; empty without one.
// A service of another protocol takes no notice of it.
func (r *Request) target() string {
	_, operation, _ := strings.Cut(r.Asked.Action, ":")
	if r.Asked.Service == "s3" || operation == "" {
		return ""
	}
	return "Lab." + operation
}

// region is that of the credential's scope.
func (r *Request) region() string {
	if r.Asked.Region == "global" {
		return target.Global
	}
	return r.Asked.Region
}

// authorization is the field Authorization of clients that cannot sign. Its
// signature is zeros: neither the stand-in for AWS nor moto looks at it.
func (r *Request) authorization() string {
	if r.Key.KeyID == "" || !r.Asked.AWS {
		return ""
	}
	return "AWS4-HMAC-SHA256 Credential=" + r.Key.KeyID + "/20260101/" + r.region() + "/" + r.signingName() +
		"/aws4_request, SignedHeaders=host, Signature=" + strings.Repeat("0", 64)
}

// signingName is the service as signatures name it.
func (r *Request) signingName() string {
	name, _, _ := strings.Cut(r.Asked.Service, ".")
	return name
}

func (r *Request) curl() []string {
	args := []string{"curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}\n", "--connect-timeout", seconds(r.Connect), "--max-time", seconds(r.Total)}
	if r.method() != "GET" {
		args = append(args, "-X", r.method())
	}
	if r.Asked.AWS && r.Key.KeyID != "" {
		args = append(args, "--aws-sigv4", "aws:amz:"+r.region()+":"+r.signingName(), "--user", r.Key.KeyID+":"+r.Key.Secret)
		if r.Key.Token != "" {
			args = append(args, "-H", "X-Amz-Security-Token: "+r.Key.Token)
		}
	}
	if t := r.target(); t != "" {
		args = append(args, "-H", "X-Amz-Target: "+t)
	}
	return append(args, r.URL.String())
}
