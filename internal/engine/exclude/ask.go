package exclude

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"github.com/deguchi-project/deguchi/internal/base/diag"
	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/engine/survey"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// destination is a request with what becomes of it without the proxy, and by
// the proxy without exceptions.
type destination struct {
	request         topology.Request
	example         bool // of a name that an endpoint answers for: nobody is known to ask for it
	direct, proxied route.Trace
}

func (d destination) url() string { return d.request.URL.String() }

// target is what a program compares with its list.
func (d destination) target() noproxy.Target {
	u := d.request.URL
	return noproxy.Target{Scheme: u.Scheme, Host: strings.ToLower(u.Hostname()), Port: u.Port()}
}

// set is what a change says of the client; null removes a key.
type set map[string]any

// with returns a planner in which the client is as s says. Keys that are not
// written cannot be removed: they are left out.
func (f *finder) with(s set) (*route.Planner, *topology.Client, error) {
	for key, state := range map[string]topology.State{"proxy": f.client.Proxy.State, "no_proxy": f.client.NoProxy.State} {
		if s[key] == nil && state == topology.NotWritten {
			delete(s, key)
		}
	}
	text, err := json.Marshal(map[string]any{"clients": map[string]any{f.client.Name: s}})
	if err != nil {
		return nil, nil, err
	}
	change, problems := topology.ReadChange("change", text)
	if len(problems) > 0 {
		return nil, nil, refused(text, problems)
	}
	t, problems := f.t.Apply(change)
	if len(problems) > 0 {
		return nil, nil, refused(text, problems)
	}
	return route.New(t, route.Options{Now: f.now}), t.Client(f.client.Name), nil
}

// refused says that a change which should hold in every topology does not.
func refused(change []byte, problems []diag.Problem) error {
	return fmt.Errorf("changing the client to %s: %s", change, problems[0].Summary.In(reason.English))
}

// ask traces every destination both ways, with credentials that need no call.
func (f *finder) ask() ([]destination, error) {
	direct, alone, err := f.with(set{"proxy": nil, "no_proxy": nil, "credentials": "static"})
	if err != nil {
		return nil, err
	}
	// curl asks the proxy for everything that is not listed.
	proxied, behind, err := f.with(set{"no_proxy": nil, "credentials": "static", "program": "curl"})
	if err != nil {
		return nil, err
	}
	all := f.requests()
	for i := range all {
		d := &all[i]
		d.direct = direct.Trace(alone, d.request)
		if f.client.Proxy.Is() {
			d.proxied = proxied.Trace(behind, d.request)
		}
	}
	return all, nil
}

// requests are the destinations that matter, and an example of every name that
// an endpoint answers for.
func (f *finder) requests() []destination {
	var all []destination
	seen := map[string]bool{}
	add := func(q topology.Request, example bool) {
		if key := survey.Key(q); !seen[key] && !special(q.URL.Hostname()) {
			seen[key] = true
			all = append(all, destination{request: q, example: example})
		}
	}
	for _, d := range survey.Destinations(f.t, survey.Wanted{}) {
		add(d.Request, false)
	}
	for _, n := range f.names() {
		add(topology.Request{URL: &url.URL{Scheme: "https", Host: n.example(), Path: "/"}}, n.below)
	}
	return all
}

// special reports whether host is an address that no topology routes: of this
// machine or link-local. What they need stands in the list anyway.
func special(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && (a.IsLoopback() || a.IsLinkLocalUnicast())
}
