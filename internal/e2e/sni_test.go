package e2e

import (
	"crypto/tls"
	"io"
	"net/http"
	"testing"

	"github.com/deguchi-project/deguchi/internal/edge/standin"
)

// TestTunnelIsWhatItSays is about tunnels to port 443 whose client asked for
// one host and talks to another, or does not speak TLS.
func TestTunnelIsWhatItSays(t *testing.T) {
	t.Parallel()
	here.wellKnownPorts(t)
	p := startProxy(t, setup{})
	const asked = "ssm.ap-northeast-1.amazonaws.com"
	hello := func(name string) func(c *conn) error {
		return func(c *conn) error {
			conf := here.trust.Clone()
			conf.ServerName = name
			return tls.Client(c, conf).Handshake()
		}
	}
	for why, tt := range map[string]struct {
		host   string
		talk   func(c *conn) error
		reason string // empty: the tunnel works
	}{
		"the name in capitals": {asked, hello("SSM.AP-northeast-1.amazonaws.com"), ""},
		"another host of AWS":  {"codebuild.ap-northeast-1.amazonaws.com", hello("evil-bucket.s3.ap-northeast-1.amazonaws.com"), "sni-mismatch"},
		"a name that goes on":  {"events.ap-northeast-1.amazonaws.com", hello("events.ap-northeast-1.amazonaws.com.evil.example"), "sni-mismatch"},
		"plain HTTP": {"ec2messages.ap-northeast-1.amazonaws.com", func(c *conn) error {
			if _, err := io.WriteString(c, "GET / HTTP/1.1\r\n\r\n"); err != nil {
				return err
			}
			_, err := io.ReadFull(c, make([]byte, 1))
			return err
		}, "not-tls"},
	} {
		t.Run(why, func(t *testing.T) {
			t.Parallel()
			c := p.dial(t, "")
			resp, _, err := c.connect(here.at(tt.host))
			if err != nil || resp.StatusCode != http.StatusOK {
				t.Fatalf("CONNECT: %v, %v", resp, err)
			}
			err = tt.talk(c)
			_ = c.Close()
			got := p.log.end(t, tt.host)
			if (err == nil) != (tt.reason == "") {
				t.Errorf("talking through it: %v", err)
			}
			if tt.reason != "" && (got.Reason != tt.reason || got.Verdict != "denied") {
				t.Errorf("log: %+v, want %s", got, tt.reason)
			}
		})
	}
	if n := here.aws.Count(func(c standin.Call) bool { return c.Bucket == "evil-bucket" }); n > 0 {
		t.Errorf("AWS was asked %d times for a host that no CONNECT named", n)
	}
}
