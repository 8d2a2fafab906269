package noproxy

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/deguchi-project/deguchi/internal/base/reason"
)

// name draws a host name of two to four labels.
var name = rapid.StringMatching(`[a-z][a-z0-9]{0,6}(\.[a-z][a-z0-9]{0,6}){1,3}`)

// TestNameExcludesItself: the entry "x" keeps x from the proxy in every program
// that has a list at all, with any other names around it.
func TestNameExcludesItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		host, before, after := name.Draw(t, "host"), name.Draw(t, "before"), name.Draw(t, "after")
		target := Target{Scheme: rapid.SampledFrom([]string{"http", "https"}).Draw(t, "scheme"), Host: host}
		for _, p := range Programs() {
			sep := ","
			if p.Family() == "java" {
				sep = "|"
			}
			d := p.Route(Everywhere(p1, p1, strings.Join([]string{before, host, after}, sep)), target)
			if d.Route == Proxied {
				t.Fatalf("%s: %s is asked of %s: %s", p.ID, host, d.Proxy, d.Because.In(reason.English))
			}
		}
	})
}

// TestEmptyExcludesNothing: a list that is set to nothing is as none.
func TestEmptyExcludesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		target := Target{Scheme: "https", Host: name.Draw(t, "host")}
		for _, p := range Programs() {
			none := Everywhere(p1, p1, "")
			empty := Everywhere(p1, p1, "")
			empty["no_proxy"], empty["NO_PROXY"] = "", ""
			a, b := p.Route(none, target), p.Route(empty, target)
			if a.Route != b.Route || b.Entry != "" {
				t.Fatalf("%s, %s: %s without a list, %s with an empty one", p.ID, target.Host, a.Route, b.Route)
			}
		}
	})
}

// FuzzRoute: any value gets an answer, the same twice, without what stands
// before the @ in a proxy, and a proxy only where one was named.
func FuzzRoute(f *testing.F) {
	f.Add("http://10.99.0.1:3128", ".example.com, 10.0.0.0/8", "http://a.example.com:8080/", "")
	f.Add("http://user:s3cret@[::1]:99999/x?y#z", "[fd00::1]:80,*,%,-", "http://[fd00::1%25eth0]/", "GET")
	f.Add("${PROXY}", "::ffff:10.1.2.3/1,.:80", "https://10.1.2.3/", "")
	f.Fuzz(func(t *testing.T, proxy, list, url, method string) {
		target, err := ParseTarget(url)
		if err != nil {
			return
		}
		vars := Everywhere(proxy, proxy, list)
		if method != "" {
			vars["REQUEST_METHOD"] = method
		}
		for _, p := range Programs() {
			d := p.Route(vars, target)
			if again := p.Route(vars, target); !reflect.DeepEqual(d, again) {
				t.Errorf("%s: %+v, then %+v", p.ID, d, again)
			}
			if (d.Route == Proxied) != (d.Proxy != "") || strings.Contains(d.Proxy, "@") {
				t.Errorf("%s: %s through %q", p.ID, d.Route, d.Proxy)
			}
			if d.Route == Proxied && proxy == "" {
				t.Errorf("%s: a proxy out of nothing: %+v", p.ID, d)
			}
			if d.Because.IsZero() {
				t.Errorf("%s: no reason for %s", p.ID, d.Route)
			}
		}
	})
}
