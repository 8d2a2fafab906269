package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

func TestStatus(t *testing.T) {
	t.Parallel()
	p := startProxy(t, setup{})
	openSession(t, p).mustSay(t, "whoami")
	if _, _, err := p.dial(t, "").connect("example.com:443"); err != nil {
		t.Fatal(err)
	}
	p.log.end(t, "example.com")

	out, err := program(t, "status", "--admin", p.admin).Output()
	if err != nil {
		t.Fatalf("deguchi status: %v", err)
	}
	for _, want := range []string{p.file, channelHost, "example.com", "no-rule", p.digest(t)} {
		if !strings.Contains(string(out), want) {
			t.Errorf("deguchi status does not show %s:\n%s", want, out)
		}
	}

	out, err = program(t, "status", "--json", "--admin", p.admin).Output()
	if err != nil {
		t.Fatalf("deguchi status --json: %v", err)
	}
	var v struct {
		Schema  string
		Ready   bool
		Tunnels int
	}
	if err := json.Unmarshal(out, &v); err != nil || v.Schema != "deguchi/status/v1" || !v.Ready || v.Tunnels != 1 {
		t.Errorf("deguchi status --json = %s, %v", out, err)
	}
	if n := strings.Count(string(out), `"schema"`); n != 1 {
		t.Errorf("deguchi status --json has its schema %d times, want once:\n%s", n, out)
	}
}

func TestStatusOfNobody(t *testing.T) {
	t.Parallel()
	p := newProxy(t, setup{}) // does not run
	cmd := program(t, "status", "--admin", p.admin)
	out, _ := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != 3 || !strings.Contains(string(out), p.admin) {
		t.Errorf("deguchi status: exit code %d, %s; want 3 and the address", code, out)
	}
}

func TestAdminListener(t *testing.T) {
	t.Parallel()
	p := startProxy(t, setup{})
	if err := openAndClose(p); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ method, path, want string }{
		{http.MethodGet, "/healthz", ""},
		{http.MethodGet, "/metrics", "deguchi_"},
		{http.MethodGet, "/tunnels", `"tunnels":[`},
		{http.MethodGet, "/explain?from=127.0.0.1&host=ssm.ap-northeast-1.amazonaws.com&port=443", `"rule":"tokyo"`},
	} {
		if code, body := p.ask(t, tt.method, tt.path); code != http.StatusOK || !strings.Contains(body, tt.want) {
			t.Errorf("%s %s = %d %s, want %q in it", tt.method, tt.path, code, body, tt.want)
		}
	}
}
