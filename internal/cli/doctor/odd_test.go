package doctor

import (
	"bufio"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// everyFault is all set-ups with one thing wrong.
func everyFault() map[string]fault {
	all := maps.Clone(faults)
	maps.Copy(all, oddFaults)
	return all
}

// excluding is a client whose exceptions hold one more, by a proxy that works.
func (w *world) excluding(t *testing.T, entry string) []string {
	list := exceptions + "," + entry
	return with(w.healthy("http://"+serve(t, tunnels(toward(w.aws)))), "no_proxy="+list, "NO_PROXY="+list)
}

const stsHost = "sts.ap-northeast-1.amazonaws.com"

// oddFaults are set-ups that look like something else, or like nothing at all.
var oddFaults = map[string]fault{
	"200, and the end of the stream at once": proxied("tls-eof", func(*world) func(net.Conn) {
		return tunnels(func(c net.Conn, br *bufio.Reader, _ *http.Request) {
			_ = c.(*net.TCPConn).CloseWrite()
			_, _ = io.Copy(io.Discard, br)
		})
	}),
	"a portal instead of the proxy":     proxied("captive-portal", says("HTTP/1.1 302 Found\r\nLocation: https://portal.example/login?session=4711\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n")),
	"a portal that says so":             proxied("captive-portal", says("HTTP/1.1 511 Network Authentication Required\r\nContent-Type: text/html\r\nContent-Length: 14\r\n\r\n<html>in</html>")),
	"a page in the place of the tunnel": proxied("tunnel-not-tls", says("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<!DOCTYPE html><html><body>Welcome to the guest network</body></html>\n")),
	"a password, and the wrong one": {first: "proxy-407", set: func(t *testing.T, w *world) ([]string, Question) {
		proxy := serve(t, answers("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"corp\"\r\nContent-Length: 0\r\n\r\n"))
		return w.healthy("http://user:wrong@" + proxy), Question{}
	}, says: "user name and password"},

	"intercepted by a CA that the system trusts and the AWS CLI does not": {first: "tls-intercept", set: func(t *testing.T, w *world) ([]string, Question) {
		proxy := "http://" + serve(t, tunnels(inside(w.ca, fromAWS)))
		return with(w.healthy(proxy), "AWS_CA_BUNDLE", "SSL_CERT_FILE="+w.bundle()), Question{}
	}, says: "AWS_CA_BUNDLE"},
	"the same by REQUESTS_CA_BUNDLE, which the AWS CLI does not read": {first: "tls-intercept", set: func(t *testing.T, w *world) ([]string, Question) {
		proxy := "http://" + serve(t, tunnels(inside(w.ca, fromAWS)))
		return with(w.healthy(proxy), "AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE="+w.bundle()), Question{}
	}, says: "AWS_CA_BUNDLE"},
	"the same, and the program reads the system's CAs": {first: "", set: func(t *testing.T, w *world) ([]string, Question) {
		proxy := "http://" + serve(t, tunnels(inside(w.ca, fromAWS)))
		return with(w.healthy(proxy), "AWS_CA_BUNDLE", "SSL_CERT_FILE="+w.bundle()), Question{Programs: []string{"go"}}
	}},
	"the clock is three years fast, and every certificate has expired": {first: "clock-skew", liveOnly: "curl has the machine's clock", set: func(t *testing.T, w *world) ([]string, Question) {
		w.now = func() time.Time { return time.Now().AddDate(3, 0, 0) }
		return w.healthy("http://" + serve(t, tunnels(toward(w.aws)))), Question{}
	}},
	"the clock has forgotten the year": {first: "clock-skew", liveOnly: "curl has the machine's clock", set: func(t *testing.T, w *world) ([]string, Question) {
		w.now = func() time.Time { return time.Unix(191, 0) }
		return w.healthy("http://" + serve(t, tunnels(toward(w.aws)))), Question{}
	}},
	"only the proxy's clock is wrong": {first: "proxy-403", set: func(t *testing.T, w *world) ([]string, Question) {
		return w.healthy("http://" + serve(t, answers("HTTP/1.1 403 Forbidden\r\nDate: Sun, 01 Nov 2020 00:00:00 GMT\r\nServer: squid/5.7\r\nContent-Length: 0\r\n\r\n"))), Question{}
	}},

	"a PAC file for a proxy":             variables("bad-url", "https_proxy=http://ADDRESS/proxy.pac", "HTTPS_PROXY=http://ADDRESS/proxy.pac"),
	"a line end in the value":            {first: "bad-url", liveOnly: "env prints a line end as one", set: variables("", "https_proxy=http://ADDRESS\n", "HTTPS_PROXY=http://ADDRESS\n").set},
	"a line end of Windows in the value": variables("bad-url", "https_proxy=http://ADDRESS\r", "HTTPS_PROXY=http://ADDRESS\r"),
	"a blank in front":                   variables("bad-url", "https_proxy= http://ADDRESS", "HTTPS_PROXY= http://ADDRESS"),
	"NO_PROXY in capitals, and a program that reads small letters alone": {first: "noproxy-ignored", set: func(t *testing.T, w *world) ([]string, Question) {
		return with(w.excluding(t, stsHost), "no_proxy"), Question{Programs: []string{"wget"}}
	}, says: "does not read NO_PROXY"},
	"credentials of a container by the proxy": {first: "creds-imds-via-proxy", set: func(t *testing.T, w *world) ([]string, Question) {
		return with(w.healthy("http://"+serve(t, tunnels(toward(w.aws)))), "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials/4711", "AWS_CA_BUNDLE", "SSL_CERT_FILE="+w.bundle()), Question{Programs: []string{"go"}}
	}, says: "169.254.170.2"},
	"credentials of a container, and a program that never asks the proxy for them": {first: "", set: func(t *testing.T, w *world) ([]string, Question) {
		return with(w.healthy("http://"+serve(t, tunnels(toward(w.aws)))), "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials/4711"), Question{}
	}},

	"an address of IPv6 first, without a route": {first: "", liveOnly: "curl dials one address", set: func(t *testing.T, w *world) ([]string, Question) {
		w.names["proxy.corp.example"] = "2001:db8::1 10.9.0.1"
		w.dials["10.9.0.1:3128"] = serve(t, tunnels(toward(w.aws)))
		return w.healthy("http://proxy.corp.example:3128"), Question{}
	}},
	"an address of IPv6 first, whose packets are lost": {first: "proxy-address-dead", liveOnly: "curl dials one address", set: func(t *testing.T, w *world) ([]string, Question) {
		w.names["proxy.corp.example"] = "2001:db8::1 10.9.0.1"
		w.dials["[2001:db8::1]:3128"] = silent
		w.dials["10.9.0.1:3128"] = serve(t, tunnels(toward(w.aws)))
		return w.healthy("http://proxy.corp.example:3128"), Question{}
	}},
	"a target with an address of IPv6 first, whose packets are lost": {first: "address-dead", liveOnly: "no name of AWS's resolves in a test", set: func(t *testing.T, w *world) ([]string, Question) {
		w.names[stsHost] = "2001:db8::9 10.0.5.9"
		w.dials["[2001:db8::9]:443"], w.dials["10.0.5.9:443"] = silent, w.aws
		return w.excluding(t, stsHost), Question{}
	}},
	"an endpoint without private DNS": {first: "noproxy-too-broad", liveOnly: "no name of AWS's resolves in a test", set: func(t *testing.T, w *world) ([]string, Question) {
		w.names[stsHost] = "52.119.198.7"
		w.dials["52.119.198.7:443"] = silent
		return w.excluding(t, stsHost), Question{}
	}, says: "52.119.198.7"},
	"an upgrade that an inspector refuses in plain words": proxied("ssm-hang-after-start", answering(func(r *http.Request) string {
		if r.Header.Get("Upgrade") != "" {
			return page("400 Bad Request", "Server: inspector\r\nContent-Type: text/plain\r\n", "Upgrade is not supported")
		}
		return fromAWS(r)
	}), channel),
	"a bucket by its old name, which says where it is and answers": proxied("", answering(func(*http.Request) string {
		return page("403 Forbidden", "x-amz-request-id: 1\r\nx-amz-bucket-region: ap-northeast-3\r\n", "<Error><Code>AccessDenied</Code></Error>")
	}), "https://corp-reports.s3.amazonaws.com/"),
	"variables in capitals alone, and a slash at the end": {first: "", set: func(t *testing.T, w *world) ([]string, Question) {
		proxy := "http://" + serve(t, tunnels(toward(w.aws))) + "/"
		return []string{"HTTPS_PROXY=" + proxy, "NO_PROXY=" + exceptions, "AWS_REGION=ap-northeast-1", "AWS_CA_BUNDLE=" + w.bundle()}, Question{}
	}},
	"no proxy, and endpoints that answer": {first: "", liveOnly: "no name of AWS's resolves in a test", set: func(_ *testing.T, w *world) ([]string, Question) {
		w.names[stsHost], w.dials["10.0.5.9:443"] = "10.0.5.9", w.aws
		return []string{"AWS_REGION=ap-northeast-1", "AWS_CA_BUNDLE=" + w.bundle()}, Question{}
	}},
	"credentials of \"aws login\", on a machine that may be an instance": {first: "", set: func(t *testing.T, w *world) ([]string, Question) {
		config := w.dir + "/config"
		if err := os.WriteFile(config, []byte("[default]\nregion = ap-northeast-1\nlogin_session = arn:aws:iam::123456789012:user/ops\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return with(w.healthy("http://"+serve(t, tunnels(toward(w.aws)))), "no_proxy=localhost", "NO_PROXY=localhost", "AWS_CONFIG_FILE="+config), Question{}
	}},
	"an upgrade that AWS itself refuses": proxied("", answering(func(r *http.Request) string {
		if r.Header.Get("Upgrade") != "" {
			return page("403 Forbidden", "x-amzn-RequestId: 0-1-2\r\n", "")
		}
		return fromAWS(r)
	}), channel),
}

// TestOddFaults is TestFaults for set-ups that look like something else.
func TestOddFaults(t *testing.T) {
	for why, f := range oddFaults {
		t.Run(why, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			env, q := f.set(t, w)
			r := causes(t, w, env, q)
			f.check(t, r)
			if text := problems(r) + fixes(r); f.says != "" && !strings.Contains(text, f.says) {
				t.Errorf("%q is not said:\n%s", f.says, text)
			}
		})
	}
}

// fixes are those of all findings.
func fixes(r reportJSON) string {
	var b strings.Builder
	for _, c := range r.Checks {
		for _, f := range append([]findingJSON{c.findingJSON}, c.More...) {
			b.WriteString(f.Fix + "\n" + f.Verify + "\n")
		}
	}
	return b.String()
}

// TestControlsAreShown: a value with a line end does not break the report, and
// can be seen.
func TestControlsAreShown(t *testing.T) {
	w := newWorld(t)
	env, q := variables("", "https_proxy=http://ADDRESS\n", "HTTPS_PROXY=http://ADDRESS\n").set(t, w)
	c, out, _ := w.clinic(env)
	c.JSON = false
	if _, err := c.Examine(t.Context(), &q); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), `\n`) {
		t.Errorf("the line end is not shown:\n%s", out)
	}
	for line := range strings.Lines(out.String()) {
		if strings.HasPrefix(line, "http") || line == "'\n" {
			t.Errorf("a value breaks the report: %q\n%s", line, out)
		}
	}
}

// TestPasted: in every command that a report offers, what is in the values stands
// between single quotes, in which a shell runs nothing.
func TestPasted(t *testing.T) {
	w := newWorld(t)
	bundle := w.dir + "/a b;touch pasted.pem"
	env := with(w.healthy("http://"+serve(t, tunnels(toward(w.aws)))), "AWS_CA_BUNDLE="+bundle,
		"no_proxy=localhost,$(touch pasted)", "NO_PROXY=localhost,$(touch pasted)")
	r := causes(t, w, env, Question{Wants: []string{"https://sts.ap-northeast-1.amazonaws.com/?a=1&b=$(touch pasted)"}})
	said := fixes(r)
	if len(r.Causes) == 0 || !strings.Contains(said, "touch pasted") {
		t.Fatalf("causes %q; nothing to look at:\n%s", r.Causes, said)
	}
	for line := range strings.Lines(said) {
		if strings.Contains(unquoted(line), "touch pasted") {
			t.Errorf("pasted, this runs what stands in a value: %s", line)
		}
	}
}

// unquoted is what of a line stands outside single quotes.
func unquoted(line string) string {
	var b strings.Builder
	for i, part := range strings.Split(line, "'") {
		if i%2 == 0 {
			b.WriteString(part)
		}
	}
	return b.String()
}
