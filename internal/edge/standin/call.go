package standin

import (
	"net/http"
	"net/netip"
	"strings"
	"sync"

	"github.com/deguchi-project/deguchi/internal/base/awsdata"
	"github.com/deguchi-project/deguchi/internal/base/awsname"
)

// Call is a request as the stand-in understood it.
type Call struct {
	From    netip.Addr // of the TCP connection
	Host    string     // lower case, without a port
	Service string     // "s3"; from the credential's scope, else from the host
	Region  string     // the same way
	// HostRegion is the region that the host belongs to; empty if its name does
	// not tell.
	HostRegion string
	Operation  string // "s3:GetObject", in the words of IAM policies where they have one
	Bucket     string
	Key        string
	AccessKey  string // empty without a credential
}

// callOf reads what r says of itself before its protocol is known.
func callOf(r *http.Request) Call {
	c := Call{Host: strings.ToLower(r.Host)}
	if from, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		c.From = from.Addr().Unmap()
	}
	if i := strings.LastIndexByte(c.Host, ':'); i > strings.LastIndexByte(c.Host, ']') {
		c.Host = c.Host[:i]
	}
	c.Service, c.Region = ownerOf(c.Host)
	c.HostRegion = regionOf(c.Host)
	scope := strings.Split(credential(r), "/") // AKID/20260102/region/service/aws4_request
	if len(scope) == 5 && scope[4] == "aws4_request" && scope[0] != "" {
		c.AccessKey, c.Region, c.Service = scope[0], scope[2], scope[3]
	}
	return c
}

// credential returns the credential of a signed request or of a signed URL.
func credential(r *http.Request) string {
	if q := r.URL.Query().Get("X-Amz-Credential"); q != "" {
		return q
	}
	algorithm, rest, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if algorithm != "AWS4-HMAC-SHA256" && algorithm != "AWS4-ECDSA-P256-SHA256" {
		return ""
	}
	for field := range strings.SplitSeq(rest, ",") {
		if c, ok := strings.CutPrefix(strings.TrimSpace(field), "Credential="); ok {
			return c
		}
	}
	return ""
}

// ownerOf reads service and region off a host name. It knows the plain forms
// only: it is here for requests that are not signed.
func ownerOf(host string) (service, region string) {
	if _, ok := s3Host(host); ok {
		return "s3", ""
	}
	labels := strings.Split(host, ".")
	if len(labels) > 2 && strings.Count(labels[1], "-") >= 2 {
		region = labels[1]
	}
	return labels[0], region
}

// regionOf returns the region of an AWS host. S3 without one is us-east-1.
func regionOf(host string) string {
	_, name, err := awsdata.Names().Parse(host)
	if err != nil || name.Kind == awsname.NotAWS {
		return ""
	}
	if name.Region == "" && name.Service == "s3" && strings.HasSuffix(host, "s3.amazonaws.com") {
		return "us-east-1"
	}
	return name.Region
}

// s3Host reports whether host belongs to S3 and which bucket it names: a bucket
// may contain dots, and stands before the label that begins with s3.
func s3Host(host string) (bucket string, ok bool) {
	labels := strings.Split(host, ".")
	if !strings.Contains(host, ".amazonaws.com") {
		return "", false
	}
	for i := len(labels) - 1; i >= 0; i-- {
		if labels[i] != "s3" && !strings.HasPrefix(labels[i], "s3-") {
			continue
		}
		before := labels[:i]
		if n := len(before); n >= 2 && before[n-2] == "bucket" && strings.HasPrefix(before[n-1], "vpce-") {
			before = before[:n-2] // NAME.bucket.vpce-ID.s3.REGION.vpce.amazonaws.com
		}
		return strings.Join(before, "."), true
	}
	return "", false
}

// counter counts calls. Equal calls share a count, so it grows with what
// clients do, not with how often.
type counter struct {
	mu    sync.Mutex
	calls map[Call]int
}

func (n *counter) add(c Call) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.calls == nil {
		n.calls = map[Call]int{}
	}
	n.calls[c]++
}

func (n *counter) count(which func(Call) bool) (sum int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for c, times := range n.calls {
		if which(c) {
			sum += times
		}
	}
	return sum
}
