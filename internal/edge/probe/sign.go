package probe

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/engine/diagnose/facts"
)

// keys are credentials of AWS. They are in no fact and no report.
type keys struct{ id, secret, token string }

// keysOf are those in an environment; false where there are none.
func keysOf(environ []string) (k keys, ok bool) {
	for _, v := range environ {
		name, value, _ := strings.Cut(v, "=")
		switch name {
		case "AWS_ACCESS_KEY_ID":
			k.id = value
		case "AWS_SECRET_ACCESS_KEY":
			k.secret = value
		case "AWS_SESSION_TOKEN":
			k.token = value
		}
	}
	return k, k.id != "" && k.secret != ""
}

// signed returns the fields of a request without a query, with the signature
// over all of them and body (Signature Version 4, as the IAM user guide has it).
func signed(k keys, at time.Time, region, service, method, path string, fields map[string]string, body string) string {
	stamp := at.UTC().Format("20060102T150405Z")
	all := map[string]string{"x-amz-date": stamp}
	for name, value := range fields {
		all[strings.ToLower(name)] = value
	}
	if k.token != "" {
		all["x-amz-security-token"] = k.token
	}
	var names []string
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	var canonical, lines strings.Builder
	canonical.WriteString(method + "\n" + path + "\n\n")
	for _, name := range names {
		canonical.WriteString(name + ":" + strings.TrimSpace(all[name]) + "\n")
		lines.WriteString(name + ": " + all[name] + "\r\n")
	}
	list := strings.Join(names, ";")
	canonical.WriteString("\n" + list + "\n" + digest(body))
	scope := stamp[:8] + "/" + region + "/" + service + "/aws4_request"
	key := []byte("AWS4" + k.secret)
	for _, part := range []string{stamp[:8], region, service, "aws4_request"} {
		key = mac(key, part)
	}
	signature := hex.EncodeToString(mac(key, "AWS4-HMAC-SHA256\n"+stamp+"\n"+scope+"\n"+digest(canonical.String())))
	return lines.String() + "Authorization: AWS4-HMAC-SHA256 Credential=" + k.id + "/" + scope + ", SignedHeaders=" + list + ", Signature=" + signature + "\r\n"
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, s string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(s))
	return h.Sum(nil)
}

var (
	arnElement  = regexp.MustCompile(`<Arn>([^<]+)</Arn>`)
	codeElement = regexp.MustCompile(`<Code>([^<]+)</Code>`)
)

// identify asks AWS whose the credentials are.
func (t *trip) identify(ctx context.Context) {
	k, ok := keysOf(t.Environ)
	if !ok {
		return
	}
	since := t.Now()
	const body = "Action=GetCallerIdentity&Version=2011-06-15"
	region := "us-east-1"
	if parts := strings.Split(t.target.Hostname(), "."); len(parts) > 3 {
		region = parts[1]
	}
	fields := signed(k, t.Now(), region, "sts", http.MethodPost, "/", map[string]string{
		"Host": t.target.Host, "Content-Type": "application/x-www-form-urlencoded",
	}, body)
	head := fmt.Sprintf("POST / HTTP/1.1\r\n%sUser-Agent: %s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n", fields, agent, len(body))
	resp, outcome, err := t.exchange(ctx, t.limits.Request, head, []byte(body))
	if err != nil {
		t.add(facts.Identity, since, outcome, err.Error())
		return
	}
	var detail strings.Builder
	detail.WriteString(resp.line)
	for _, element := range []*regexp.Regexp{arnElement, codeElement} {
		if m := element.FindStringSubmatch(resp.body); m != nil {
			detail.WriteString(" " + m[1])
		}
	}
	outcome = facts.OK
	if resp.status != http.StatusOK {
		outcome = facts.Answered
	}
	t.add(facts.Identity, since, outcome, detail.String())
	t.tell(resp)
}
