package doctor

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fault is a set-up in which one thing is wrong.
type fault struct {
	first string // the cause that must come first; "" is a healthy set-up
	// set makes the world, and returns the environment and the question.
	set func(t *testing.T, w *world) ([]string, Question)
	// liveOnly says why no collector can see it.
	liveOnly string
	also     []string // further causes
	says     string   // is in what was seen, or in a fix
}

// proxied is a fault of a proxy.
func proxied(first string, proxy func(w *world) func(net.Conn), wants ...string) fault {
	return fault{first: first, set: func(t *testing.T, w *world) ([]string, Question) {
		return w.healthy("http://" + serve(t, proxy(w))), Question{Wants: wants}
	}}
}

// says is a proxy that answers text.
func says(text string) func(*world) func(net.Conn) {
	return func(*world) func(net.Conn) { return answers(text) }
}

// variables is a fault of an environment around a proxy that works.
func variables(first string, changes ...string) fault {
	return fault{first: first, set: func(t *testing.T, w *world) ([]string, Question) {
		proxy := "http://" + serve(t, tunnels(toward(w.aws)))
		env := with(w.healthy(proxy), changes...)
		for i := range env {
			env[i] = strings.ReplaceAll(env[i], "ADDRESS", strings.TrimPrefix(proxy, "http://"))
		}
		return env, Question{}
	}}
}

// signs is a set-up in which credentials are tried, and what AWS says to them.
func signs(first string, answer func(*http.Request) string) fault {
	return fault{first: first, liveOnly: "a collector signs nothing", set: func(t *testing.T, w *world) ([]string, Question) {
		proxy := "http://" + serve(t, tunnels(inside(w.ca, answer)))
		return with(w.healthy(proxy), "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI"), Question{Identity: true}
	}}
}

// fromAWSAs answers a signed request with body, and others as AWS does.
func fromAWSAs(status, body string) func(*http.Request) string {
	return func(r *http.Request) string {
		if r.Header.Get("Authorization") == "" {
			return fromAWS(r)
		}
		return page(status, "x-amzn-RequestId: 0-1-2\r\nContent-Type: text/xml\r\n", body)
	}
}

// answering is a tunnel whose end answers as AWS does, by a CA that is trusted.
func answering(answer func(*http.Request) string) func(*world) func(net.Conn) {
	return func(w *world) func(net.Conn) { return tunnels(inside(w.ca, answer)) }
}

const (
	squid403 = "HTTP/1.1 403 Forbidden\r\nServer: squid/5.7\r\nX-Squid-Error: ERR_ACCESS_DENIED 0\r\nContent-Type: text/html\r\nContent-Length: 14\r\n\r\n<html>no</html>"
	bucket   = "https://corp-reports.s3.ap-northeast-1.amazonaws.com/"
	channel  = "https://ssmmessages.ap-northeast-1.amazonaws.com/"
)

// faults are set-ups with one thing wrong, by the fact of symptoms.json that
// they stand for, with what is special about them.
var faults = map[string]fault{
	"nothing is wrong":                   proxied("", func(w *world) func(net.Conn) { return tunnels(toward(w.aws)) }),
	"nothing is wrong, Session Manager":  proxied("", func(w *world) func(net.Conn) { return tunnels(toward(w.aws)) }, "session-manager"),
	"nothing is wrong, without a scheme": proxied("", func(w *world) func(net.Conn) { return tunnels(toward(w.aws)) }, "https://example.com/"),

	// The ten that the AWS CLI reports with one and the same text.
	"the port is closed": {first: "proxy-refused", set: func(t *testing.T, w *world) ([]string, Question) {
		ln := listen(t)
		_ = ln.Close()
		return w.healthy("http://" + ln.Addr().String()), Question{}
	}},
	"the proxy's name does not resolve": {first: "proxy-dns", set: func(_ *testing.T, w *world) ([]string, Question) {
		return w.healthy("http://proxy.corp.invalid:3128"), Question{}
	}},
	"CONNECT 400, a web server":    proxied("lb-not-nlb", says("HTTP/1.1 400 Bad Request\r\nServer: awselb/2.0\r\nContent-Length: 0\r\n\r\n")),
	"CONNECT 403, squid":           proxied("proxy-403", says(squid403)),
	"CONNECT 405, an ALB":          proxied("lb-not-nlb", says("HTTP/1.1 405 Not Allowed\r\nServer: awselb/2.0\r\nContent-Length: 0\r\n\r\n")),
	"CONNECT 407":                  proxied("proxy-407", says("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"corp\"\r\nContent-Length: 0\r\n\r\n")),
	"CONNECT 407, Negotiate alone": proxied("proxy-407", says("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n")),
	"CONNECT 502":                  proxied("proxy-5xx", says("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")),
	"CONNECT 503":                  proxied("proxy-5xx", says("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")),
	"CONNECT 504":                  proxied("proxy-5xx", says("HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n\r\n")),
	"https:// to a plain proxy": {first: "scheme-https", set: func(t *testing.T, w *world) ([]string, Question) {
		return w.healthy("https://" + serve(t, answers("HTTP/1.1 400 Bad Request\r\n\r\n"))), Question{}
	}},

	"it accepts and never answers": proxied("proxy-hang", func(*world) func(net.Conn) { return hang }),
	"200, then silence": proxied("proxy-hang", func(*world) func(net.Conn) {
		return tunnels(func(c net.Conn, _ *bufio.Reader, _ *http.Request) { hang(c) })
	}),
	"200, then it hangs up":  proxied("tls-eof", func(*world) func(net.Conn) { return tunnels(afterHello(func(net.Conn) {})) }),
	"200, then a reset":      proxied("proxy-closed", func(*world) func(net.Conn) { return tunnels(afterHello(reset)) }),
	"it hangs up on CONNECT": proxied("proxy-closed", says("")),
	"it resets on CONNECT":   proxied("proxy-closed", func(*world) func(net.Conn) { return func(c net.Conn) { asked(c); reset(c) } }),
	"something else listens": proxied("not-a-proxy", func(*world) func(net.Conn) {
		return func(c net.Conn) { _, _ = io.WriteString(c, "SSH-2.0-OpenSSH_9.2\r\n"); hang(c) }
	}),
	"TLS is intercepted":       proxied("tls-intercept", func(w *world) func(net.Conn) { return tunnels(inside(newIssuer(w.t, "Zscaler"), fromAWS)) }),
	"TLS of the channel alone": proxied("ssm-bad-cert", interceptsChannel, "session-manager"),
	"a block page in the tunnel": proxied("html-200", answering(func(*http.Request) string {
		return page("200 OK", "Content-Type: text/html\r\n", "<html>blocked</html>")
	})),
	"an error page in the tunnel": proxied("html-503-in-tunnel", answering(func(*http.Request) string {
		return page("503 Service Unavailable", "Content-Type: text/html\r\n", "<html>oops</html>")
	})),
	"a filter drops long ClientHellos": {first: "go-pq-clienthello", liveOnly: "the ClientHello of this curl is short", set: func(t *testing.T, w *world) ([]string, Question) {
		return w.healthy("http://" + serve(t, tunnels(shortHellos(toward(w.aws))))), Question{}
	}},
	"large packets are lost":       proxied("mtu-blackhole", func(w *world) func(net.Conn) { return tunnels(smallOnly(w.aws)) }),
	"WebSockets are not passed on": proxied("ssm-hang-after-start", answering(upgradesHang), channel),
	"the bucket is elsewhere": proxied("s3-redirect", answering(func(*http.Request) string {
		return page("301 Moved Permanently", "x-amz-request-id: 1\r\nx-amz-bucket-region: ap-northeast-3\r\n", "")
	}), bucket),
	"ssmmessages is not on the list":       proxied("proxy-403", refuses(channelName), "session-manager"),
	"S3 is on the list, its buckets not":   proxied("proxy-403-virtualhost", refuses("corp-reports.s3."), bucket),
	"package repositories are not allowed": proxied("dnf-repo-blocked", refuses("al2023-repos"), "al2023-dnf"),
	"PROXY protocol on one side only": proxied("ppv2-mismatch", says("HTTP/1.1 400 Blocked by Deguchi (bad-request; this port expects a PROXY protocol header first; trace 0123456789abcdef)\r\n"+
		"X-Deguchi-Reason: bad-request\r\nX-Deguchi-Trace: 0123456789abcdef\r\nContent-Length: 0\r\n\r\n")),

	"http_proxy and no https_proxy":           variables("https-proxy-missing", "https_proxy", "HTTPS_PROXY"),
	"the cases differ":                        variables("case-differs", "HTTPS_PROXY=http://old.corp.example:8080"),
	"an empty variable":                       variables("empty-variable", "no_proxy="),
	"a SOCKS proxy":                           variables("scheme-socks", "https_proxy=socks5://ADDRESS", "HTTPS_PROXY=socks5://ADDRESS"),
	"a port that is none":                     variables("bad-url", "https_proxy=http://127.0.0.1:31x8", "HTTPS_PROXY=http://127.0.0.1:31x8"),
	"no port":                                 variables("port-missing", "https_proxy=http://127.0.0.1", "HTTPS_PROXY=http://127.0.0.1"),
	"no scheme":                               variables("scheme-missing", "https_proxy=ADDRESS", "HTTPS_PROXY=ADDRESS"),
	"quotation marks":                         variables("quotes-in-value", `https_proxy="http://ADDRESS"`, `HTTPS_PROXY="http://ADDRESS"`),
	"a zone for a region":                     variables("region-is-az", "AWS_REGION=ap-northeast-1a"),
	"a bundle that is not there":              variables("ca-bundle-missing", "AWS_CA_BUNDLE=/nowhere/ca.pem"),
	"a network for the CLI, which reads none": variables("noproxy-ignored", "no_proxy=169.254.0.0/16", "NO_PROXY=169.254.0.0/16"),
	"a bundle without the CA of AWS": {first: "ca-bundle-incomplete", liveOnly: "curl tries one bundle", set: func(t *testing.T, w *world) ([]string, Question) {
		other := w.dir + "/corporate.pem"
		if err := os.WriteFile(other, newIssuer(t, "Corporate").pem(), 0o600); err != nil {
			t.Fatal(err)
		}
		proxy := "http://" + serve(t, tunnels(toward(w.aws)))
		return with(w.healthy(proxy), "AWS_CA_BUNDLE="+other, "SSL_CERT_FILE="+w.bundle()), Question{}
	}},
	"everything of AWS is excluded": variables("noproxy-too-broad", "no_proxy="+exceptions+",.amazonaws.com", "NO_PROXY="+exceptions+",.amazonaws.com"),
	"metadata is not excluded":      variables("creds-imds-via-proxy", "no_proxy=localhost", "NO_PROXY=localhost"),
	"no proxy at all":               variables("direct-no-route", "https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "no_proxy", "NO_PROXY"),

	"metadata goes to a proxy that is dead": {first: "imds-via-dead-proxy", also: []string{"proxy-refused"}, set: func(t *testing.T, w *world) ([]string, Question) {
		w.instance(t, instance)
		ln := listen(t)
		_ = ln.Close()
		return with(w.healthy("http://"+ln.Addr().String()), "no_proxy", "NO_PROXY"), Question{}
	}},
	"metadata goes to a proxy that drops it": {first: "imds-read-timeout", set: func(t *testing.T, w *world) ([]string, Question) {
		w.instance(t, instance)
		return with(w.healthy("http://"+serve(t, dropsMetadata(w))), "no_proxy", "NO_PROXY"), Question{}
	}},
	"the proxy hands out its own host's metadata": {first: "creds-imds-via-proxy", also: []string{"proxy-own-metadata"}, set: func(t *testing.T, w *world) ([]string, Question) {
		w.instance(t, instance)
		return with(w.healthy("http://"+serve(t, forwardsMetadata(w))), "no_proxy", "NO_PROXY"), Question{}
	}},
	"the instance has no role": {first: "ssm-norole", set: func(t *testing.T, w *world) ([]string, Question) {
		w.instance(t, func(r *http.Request) string {
			if r.Method == http.MethodPut {
				return page("200 OK", "Server: EC2ws\r\n", "token")
			}
			return page("404 Not Found", "Server: EC2ws\r\n", "")
		})
		return w.healthy("http://" + serve(t, tunnels(toward(w.aws)))), Question{}
	}},
	"the token does not reach the container": {first: "imds-hoplimit", set: func(t *testing.T, w *world) ([]string, Question) {
		w.instance(t, func(*http.Request) string { return "" })
		return w.healthy("http://" + serve(t, tunnels(toward(w.aws)))), Question{}
	}},
	"the metadata service is switched off": {first: "imds-disabled", set: func(t *testing.T, w *world) ([]string, Question) {
		w.instance(t, func(*http.Request) string { return page("403 Forbidden", "Server: EC2ws\r\n", "") })
		return w.healthy("http://" + serve(t, tunnels(toward(w.aws)))), Question{}
	}},

	"the clock is twenty minutes fast": {first: "clock-skew", liveOnly: "curl has the machine's clock", set: func(t *testing.T, w *world) ([]string, Question) {
		w.now = func() time.Time { return time.Now().Add(20 * time.Minute) }
		return w.healthy("http://" + serve(t, tunnels(toward(w.aws)))), Question{}
	}},
	"packets to the proxy are lost": {first: "proxy-unreachable", liveOnly: "no address of loopback loses packets", set: func(_ *testing.T, w *world) ([]string, Question) {
		w.dials["10.9.9.9:3128"] = silent
		return w.healthy("http://10.9.9.9:3128"), Question{}
	}},
	"one zone of the load balancer is dead": {first: "proxy-address-dead", liveOnly: "curl dials one address", set: func(t *testing.T, w *world) ([]string, Question) {
		w.names["nlb.corp.example"] = "10.9.0.1 10.9.1.1"
		w.dials["10.9.0.1:3128"] = serve(t, tunnels(toward(w.aws)))
		w.dials["10.9.1.1:3128"] = silent
		return w.healthy("http://nlb.corp.example:3128"), Question{}
	}},
	"the proxy has an address of IPv6, and the machine none": {first: "", liveOnly: "curl dials one address", set: func(t *testing.T, w *world) ([]string, Question) {
		w.names["proxy.corp.example"] = "10.9.0.1 2001:db8::1"
		w.dials["10.9.0.1:3128"] = serve(t, tunnels(toward(w.aws)))
		return w.healthy("http://proxy.corp.example:3128"), Question{}
	}},
	"a signed request":                      signs("", fromAWSAs("200 OK", "<Arn>arn:aws:iam::123456789012:user/ops</Arn>")),
	"credentials that expired":              signs("credentials-invalid", fromAWSAs("403 Forbidden", "<Code>ExpiredToken</Code>")),
	"a signature that something changed":    signs("sig-mismatch-proxy", fromAWSAs("403 Forbidden", "<Code>SignatureDoesNotMatch</Code>")),
	"a signature of another time":           signs("clock-skew", fromAWSAs("403 Forbidden", "<Code>SignatureDoesNotMatch</Code><Message>Signature expired: 1 is now earlier than 2</Message>")),
	"an endpoint policy on the proxy's way": signs("vpce-policy-deny", fromAWSAs("403 Forbidden", "<Code>AccessDenied</Code><Message>because no VPC endpoint policy allows the sts:GetCallerIdentity action</Message>")),

	"the endpoint's security group": {first: "endpoint-security-group", liveOnly: "no name of AWS's resolves in a test", set: func(t *testing.T, w *world) ([]string, Question) {
		w.names["sts.ap-northeast-1.amazonaws.com"] = "10.0.5.9"
		w.dials["10.0.5.9:443"] = silent
		proxy := "http://" + serve(t, tunnels(toward(w.aws)))
		return with(w.healthy(proxy), "no_proxy="+exceptions+",sts.ap-northeast-1.amazonaws.com", "NO_PROXY="+exceptions+",sts.ap-northeast-1.amazonaws.com"), Question{}
	}},
	"an endpoint that answers": {first: "", liveOnly: "no name of AWS's resolves in a test", set: func(t *testing.T, w *world) ([]string, Question) {
		w.names["sts.ap-northeast-1.amazonaws.com"] = "10.0.5.9"
		w.dials["10.0.5.9:443"] = w.aws
		proxy := "http://" + serve(t, tunnels(toward(w.aws)))
		return with(w.healthy(proxy), "no_proxy="+exceptions+",sts.ap-northeast-1.amazonaws.com", "NO_PROXY="+exceptions+",sts.ap-northeast-1.amazonaws.com"), Question{}
	}},
	"an idle WebSocket is cut": {first: "ssm-wss-1006", liveOnly: "a collector does not wait", set: func(t *testing.T, w *world) ([]string, Question) {
		proxy := "http://" + serve(t, tunnels(cutAfter(w.aws, 400*time.Millisecond)))
		return w.healthy(proxy), Question{Wants: []string{channel}, Slow: 650 * time.Millisecond}
	}},
}

const channelName = "ssmmessages."

// TestFaults is the promise of the doctor: whatever is wrong, it names the cause
// first, and it contacts nobody whom it did not announce.
func TestFaults(t *testing.T) {
	for why, f := range faults {
		t.Run(why, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			env, q := f.set(t, w)
			r := causes(t, w, env, q)
			f.check(t, r)
		})
	}
}

func (f fault) check(t *testing.T, r reportJSON) {
	t.Helper()
	if f.first == "" {
		if len(r.Causes) > 0 {
			t.Fatalf("a healthy set-up has causes %q:\n%s", r.Causes, problems(r))
		}
		return
	}
	if len(r.Causes) == 0 || r.Causes[0] != f.first {
		t.Fatalf("causes = %q, want %s first:\n%s", r.Causes, f.first, problems(r))
	}
	if f.also != nil {
		if diff := cmp.Diff(append([]string{f.first}, f.also...), r.Causes); diff != "" {
			t.Errorf("causes (-want +got):\n%s", diff)
		}
	}
	for _, c := range r.Checks {
		if strings.Contains(c.Because+c.Fix, "doctor.") {
			t.Errorf("%s: a code has no words, or other operands: %q, %q", c.ID, c.Because, c.Fix)
		}
		if c.Cause != "" && (c.Because == "" || c.Fix == "" || c.Verify == "" || len(c.Evidence) == 0) {
			t.Errorf("%s (%s) lacks a ground, a fix or a way to verify it: %+v", c.ID, c.Cause, c.findingJSON)
		}
	}
}

// afterHello waits for the beginning of TLS and does something then.
func afterHello(then func(net.Conn)) func(net.Conn, *bufio.Reader, *http.Request) {
	return func(c net.Conn, br *bufio.Reader, _ *http.Request) {
		_, _ = br.Peek(5)
		_, _ = br.Discard(br.Buffered())
		then(c)
	}
}

// refuses is a proxy that lets through all hosts but some.
func refuses(part string) func(*world) func(net.Conn) {
	return func(w *world) func(net.Conn) {
		return func(c net.Conn) {
			req, br := asked(c)
			if req == nil {
				return
			}
			if strings.HasPrefix(req.Host, part) {
				_, _ = io.WriteString(c, squid403)
				return
			}
			_, _ = io.WriteString(c, established)
			toward(w.aws)(c, br, req)
		}
	}
}

// interceptsChannel is a proxy that intercepts ssmmessages alone.
func interceptsChannel(w *world) func(net.Conn) {
	stranger := newIssuer(w.t, "Inspector")
	return tunnels(func(c net.Conn, br *bufio.Reader, req *http.Request) {
		if strings.HasPrefix(req.Host, channelName) {
			inside(stranger, fromAWS)(c, br, req)
			return
		}
		toward(w.aws)(c, br, req)
	})
}

// upgradesHang answers requests, and says nothing to an upgrade.
func upgradesHang(r *http.Request) string {
	if r.Header.Get("Upgrade") != "" {
		return ""
	}
	return fromAWS(r)
}

// dropsMetadata is a proxy that tunnels, and swallows plain requests.
func dropsMetadata(w *world) func(net.Conn) {
	return func(c net.Conn) {
		req, br := asked(c)
		if req == nil || req.Method != http.MethodConnect {
			hang(c)
			return
		}
		_, _ = io.WriteString(c, established)
		toward(w.aws)(c, br, req)
	}
}

// forwardsMetadata is a proxy that answers requests for metadata by its own.
func forwardsMetadata(w *world) func(net.Conn) {
	return func(c net.Conn) {
		req, br := asked(c)
		switch {
		case req == nil:
		case req.Method != http.MethodConnect:
			_, _ = io.WriteString(c, instance(req))
		default:
			_, _ = io.WriteString(c, established)
			toward(w.aws)(c, br, req)
		}
	}
}

// shortHellos lets through what begins with a ClientHello of one segment.
func shortHellos(then func(net.Conn, *bufio.Reader, *http.Request)) func(net.Conn, *bufio.Reader, *http.Request) {
	return func(c net.Conn, br *bufio.Reader, req *http.Request) {
		head, _ := br.Peek(5)
		if len(head) == 5 && int(head[3])<<8|int(head[4]) > 1200 {
			hang(c)
			return
		}
		then(c, br, req)
	}
}

// smallOnly lets through the first kilobytes of what a client sends.
func smallOnly(aws string) func(net.Conn, *bufio.Reader, *http.Request) {
	return func(c net.Conn, br *bufio.Reader, req *http.Request) {
		limited := bufio.NewReader(io.MultiReader(io.LimitReader(br, 8<<10), forever{c}))
		toward(aws)(c, limited, req)
	}
}

// forever swallows what is sent, and has nothing to say.
type forever struct{ c net.Conn }

func (f forever) Read([]byte) (int, error) {
	_, err := io.Copy(io.Discard, f.c)
	if err == nil {
		err = io.EOF
	}
	return 0, err
}

// cutAfter relays for a while and then cuts.
func cutAfter(aws string, after time.Duration) func(net.Conn, *bufio.Reader, *http.Request) {
	return func(c net.Conn, br *bufio.Reader, req *http.Request) {
		timer := time.AfterFunc(after, func() { _ = c.Close() })
		defer timer.Stop()
		toward(aws)(c, br, req)
	}
}

// instance is a metadata service that works.
func instance(r *http.Request) string {
	if r.Method == http.MethodPut {
		return page("200 OK", "Server: EC2ws\r\n", "secret-token")
	}
	return page("200 OK", "Server: EC2ws\r\n", "my-role")
}

// instance gives w a metadata service.
func (w *world) instance(t *testing.T, answer func(*http.Request) string) {
	w.dials["169.254.169.254:80"] = serve(t, func(c net.Conn) {
		req, _ := asked(c)
		if req == nil {
			return
		}
		if text := answer(req); text != "" {
			_, _ = io.WriteString(c, text)
			return
		}
		hang(c)
	})
}
