package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// digest is the configuration in force, as the admin listener tells.
func (p *proxy) digest(t *testing.T) string {
	t.Helper()
	status, body := p.ask(t, http.MethodGet, "/status")
	var v struct{ Config struct{ Digest string } }
	if err := json.Unmarshal([]byte(body), &v); err != nil || v.Config.Digest == "" {
		t.Fatalf("/status = %d %q, %v", status, body, err)
	}
	return v.Config.Digest
}

// busy keeps opening tunnels through p until the end is called, which returns
// how many there were.
func busy(t *testing.T, p *proxy) (end func() int) {
	t.Helper()
	var opened atomic.Int64
	var stop atomic.Bool
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for !stop.Load() || opened.Load() < 200 {
				if err := openAndClose(p); err != nil {
					t.Errorf("a connection around a reload: %v", err)
					return
				}
				opened.Add(1)
			}
		})
	}
	return func() int {
		stop.Store(true)
		all.Wait()
		return int(opened.Load())
	}
}

func openAndClose(p *proxy) error {
	c, err := p.tryDial("")
	if err != nil {
		return err
	}
	defer c.Close()
	resp, _, err := c.connect(here.at("sts.ap-northeast-1.amazonaws.com"))
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %s", resp.Status)
	}
	return err
}

func TestReload(t *testing.T) {
	t.Parallel()
	p := startProxy(t, setup{})
	s := openSession(t, p)
	end := busy(t, p)
	const lambda = "lambda.us-east-1.amazonaws.com"
	status := func() int {
		resp, _, err := p.dial(t, "").connect(here.at(lambda))
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode
	}
	if got := status(); got != http.StatusForbidden {
		t.Fatalf("CONNECT %s = %d before the reload", lambda, got)
	}

	first := p.digest(t)
	p.configure(t, setup{rules: `- {name: all, allow: {kinds: [api, resource], ports: ["*"]}}`})
	p.signal(t, syscall.SIGHUP)
	eventually(t, "SIGHUP puts the file in force", func() bool { return p.digest(t) != first })
	if got := status(); got != http.StatusOK {
		t.Errorf("CONNECT %s = %d after SIGHUP", lambda, got)
	}

	second := p.digest(t)
	p.configure(t, setup{})
	if code, body := p.ask(t, http.MethodPost, "/reload"); code != http.StatusOK || !strings.Contains(body, first) {
		t.Errorf("POST /reload = %d %s, want 200 with digest %s", code, body, first)
	}
	if got := status(); got != http.StatusForbidden {
		t.Errorf("CONNECT %s = %d after the way back from %s", lambda, got, second)
	}
	if n := end(); n < 200 {
		t.Errorf("only %d connections were made around the reloads", n)
	}
	s.mustSay(t, "after two reloads")
}

func TestReloadOfABadFile(t *testing.T) {
	t.Parallel()
	p := startProxy(t, setup{})
	s := openSession(t, p)
	before := p.digest(t)
	for why, bad := range map[string]setup{
		"not understood":          {rules: `- {name: x, acton: deny}`},
		"a test that fails":       {more: `tests: [{from: 127.0.0.1, host: example.com, verdict: allowed}]`},
		"an address that is used": {listen: "}, {address: \"" + here.addr.String() + `"`},
	} {
		p.configure(t, bad)
		if code, body := p.ask(t, http.MethodPost, "/reload"); code < 400 || len(body) < 20 {
			t.Errorf("%s: POST /reload = %d %q, want a refusal that says why", why, code, body)
		}
		said := len(p.stderr.String())
		p.signal(t, syscall.SIGHUP)
		eventually(t, why+" is reported", func() bool { return strings.Contains(p.stderr.String()[said:], "reload refused") })
		if got := p.digest(t); got != before {
			t.Errorf("%s: configuration %s is in force, want %s", why, got, before)
		}
	}
	s.mustSay(t, "nothing has happened")
	if err := openAndClose(p); err != nil {
		t.Errorf("after bad files: %v", err)
	}
}

func TestRecheckCutsWhatNewRulesDeny(t *testing.T) {
	t.Parallel()
	p := startProxy(t, setup{})
	gone := openSession(t, p)
	stays := p.open(t, "sts.ap-northeast-1.amazonaws.com")
	p.configure(t, setup{rules: `- {name: only sts, allow: {services: [sts], ports: ["*"]}}`})

	if code, body := p.ask(t, http.MethodPost, "/reload"); code != http.StatusOK {
		t.Fatalf("POST /reload = %d %s", code, body)
	}
	gone.mustSay(t, "a reload alone cuts nothing")
	code, body := p.ask(t, http.MethodPost, "/reload?recheck=cut")
	if code != http.StatusOK || !strings.Contains(body, `"cut":1`) {
		t.Errorf("POST /reload?recheck=cut = %d %s, want 1 cut", code, body)
	}
	gone.ended(t)
	if got := p.log.end(t, channelHost); !strings.Contains(got.Err, "reload") {
		t.Errorf("log: %+v, want an err that names the reload", got)
	}
	resp, _, err := stays.request("GET /?Action=GetCallerIdentity HTTP/1.1\r\nHost: sts.ap-northeast-1.amazonaws.com\r\n\r\n")
	if err != nil || resp.StatusCode != http.StatusForbidden { // by AWS: not signed
		t.Errorf("the tunnel that is still allowed: %v, %v", resp, err)
	}
}
