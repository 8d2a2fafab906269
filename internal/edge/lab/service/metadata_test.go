package service

import (
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/ipv4"

	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// ask sends a request to the service at addr, with header fields in pairs.
func ask(t testing.TB, addr net.Addr, request string, fields ...string) (status int, body string) {
	t.Helper()
	method, path, _ := strings.Cut(request, " ")
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+addr.String()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
	}
	tr := &http.Transport{DisableKeepAlives: true}
	resp, err := tr.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// issue gives keys that tell whose they are.
func issue(id Identity) Credential {
	c := newCredential(id)
	c.KeyID = "ASIA" + strings.ToUpper(id.Role)
	return c
}

// instance is a metadata service on the loopback interface.
func instance(t testing.TB, o MetadataOptions) (net.Addr, *ledger[MetadataRequest]) {
	t.Helper()
	l := new(ledger[MetadataRequest])
	o.Issue, o.Record, o.Region, o.Zone, o.Instance = issue, l.add, "ap-northeast-3", "a", "i-0123456789abcdef0"
	m, ln := NewMetadata(o), listen(t)
	m.Serve(ln)
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return ln.Addr(), l
}

const (
	roles    = "GET /latest/meta-data/iam/security-credentials/"
	newToken = "PUT /latest/api/token"
)

// TestMetadata is the table of facts: who gets a token, and who needs one.
func TestMetadata(t *testing.T) {
	t.Parallel()
	role := Identity{Account: "main", Role: "app"}
	for _, tt := range []struct {
		why     string
		mode    topology.IMDS
		request string
		fields  []string
		token   bool // sent along
		status  int
		want    string
	}{
		{"v1 without a token", topology.IMDSv1, roles, nil, false, 200, "app"},
		{"v1 with one", topology.IMDSv1, roles, nil, true, 200, "app"},
		{"v1 with a bad one", topology.IMDSv1, roles, []string{tokenField, "bad"}, false, 401, "Unauthorized"},
		{"v1 through a proxy", topology.IMDSv1, roles, []string{"X-Forwarded-For", "10.0.0.1"}, false, 200, "app"},
		{"v2 without a token", topology.IMDSv2, roles, nil, false, 401, "Unauthorized"},
		{"v2 with one", topology.IMDSv2, roles, nil, true, 200, "app"},
		{"v2 with one, through a proxy", topology.IMDSv2, roles, []string{"X-Forwarded-For", "10.0.0.1"}, true, 200, "app"},
		{"a token", topology.IMDSv2, newToken, []string{tokenTTLField, "60"}, false, 200, ""},
		{"a token through a proxy", topology.IMDSv2, newToken, []string{tokenTTLField, "60", "X-Forwarded-For", "10.0.0.1"}, false, 403, "Forbidden"},
		{"so at v1, too", topology.IMDSv1, newToken, []string{tokenTTLField, "60", "X-Forwarded-For", "10.0.0.1"}, false, 403, "Forbidden"},
		{"through one that hides itself", topology.IMDSv2, newToken, []string{tokenTTLField, "60", "Via", "1.1 squid"}, false, 200, ""},
		{"a token without a lifetime", topology.IMDSv2, newToken, nil, false, 400, "Bad Request"},
		{"for too long", topology.IMDSv2, newToken, []string{tokenTTLField, "21601"}, false, 400, "Bad Request"},
		{"by GET", topology.IMDSv2, "GET /latest/api/token", nil, false, 405, ""},
		{"off", topology.NoIMDS, roles, nil, false, 403, "Forbidden"},
		{"off, and a token", topology.NoIMDS, newToken, []string{tokenTTLField, "60"}, false, 403, "Forbidden"},
		{"the credential", topology.IMDSv1, roles + "app", nil, false, 200, `"AccessKeyId":"ASIAAPP"`},
		{"of another role", topology.IMDSv1, roles + "other", nil, false, 404, ""},
		{"the Region", topology.IMDSv1, "GET /latest/meta-data/placement/region", nil, false, 200, "ap-northeast-3"},
		{"the zone", topology.IMDSv1, "GET /latest/meta-data/placement/availability-zone", nil, false, 200, "ap-northeast-3a"},
		{"the document", topology.IMDSv1, "GET /latest/dynamic/instance-identity/document", nil, false, 200, `"region":"ap-northeast-3"`},
		{"what there is not", topology.IMDSv1, "GET /latest/meta-data/none", nil, false, 404, ""},
		{"what nobody may", topology.IMDSv1, "POST /latest/meta-data/instance-id", nil, false, 405, ""},
	} {
		addr, l := instance(t, MetadataOptions{Mode: tt.mode, Role: role})
		if tt.token {
			_, token := ask(t, addr, newToken, tokenTTLField, "60")
			tt.fields = append(tt.fields, tokenField, token)
			l.take()
		}
		status, body := ask(t, addr, tt.request, tt.fields...)
		if status != tt.status || !strings.Contains(body, tt.want) {
			t.Errorf("%s: %d %q, want %d with %q", tt.why, status, body, tt.status, tt.want)
		}
		all := l.take()
		if len(all) != 1 || all[0].Request != tt.request || all[0].Status != tt.status || all[0].Whose.Role != "app" || (all[0].KeyID != "") != strings.Contains(tt.want, "ASIA") {
			t.Errorf("%s: recorded %+v", tt.why, all)
		}
	}
}

// TestNoRole is an instance without one.
func TestNoRole(t *testing.T) {
	t.Parallel()
	addr, _ := instance(t, MetadataOptions{Mode: topology.IMDSv1})
	for _, request := range []string{roles, strings.TrimSuffix(roles, "/")} {
		if status, body := ask(t, addr, request); status != http.StatusNotFound {
			t.Errorf("%s: %d %s", request, status, body)
		}
	}
}

// TestTokenEnds waits for hours that do not pass.
func TestTokenEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := NewMetadata(MetadataOptions{Mode: topology.IMDSv2})
		r := &http.Request{Header: http.Header{tokenField: {m.newToken(time.Hour)}}}
		time.Sleep(time.Hour - 1)
		if !m.admits(r) {
			t.Error("a token ended early")
		}
		time.Sleep(time.Nanosecond)
		if m.admits(r) {
			t.Error("a token did not end")
		}
	})
}

// TestRenewal keeps a credential for as long as it is good, as AWS does.
func TestRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		l := lender{issue: func(id Identity) Credential { n++; return newCredential(id) }, whose: Identity{Role: "app"}}
		first := l.credential()
		time.Sleep(validity - renewal)
		if again := l.credential(); again != first || n != 1 {
			t.Error("a new credential, with the old one still good")
		}
		time.Sleep(time.Nanosecond)
		if again := l.credential(); again == first || n != 2 {
			t.Error("no new credential, with the old one about to end")
		}
	})
}

// caught keeps the connections of a listener.
type caught struct {
	net.Listener
	mu    sync.Mutex
	conns []net.Conn
}

func (c *caught) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err == nil {
		c.mu.Lock()
		c.conns = append(c.conns, conn)
		c.mu.Unlock()
	}
	return conn, err
}

// TestHopLimit is about how far a token gets: answers of every other sort are
// not limited.
func TestHopLimit(t *testing.T) {
	t.Parallel()
	m, ln := NewMetadata(MetadataOptions{Mode: topology.IMDSv2, HopLimit: 3}), &caught{Listener: listen(t)}
	m.Serve(ln)
	defer m.Close()
	tr := &http.Transport{}
	defer tr.CloseIdleConnections()
	for _, tt := range []struct {
		method, path string
		hops         int
	}{{http.MethodPut, "/latest/api/token", 3}, {http.MethodGet, "/latest/meta-data/", usualHops}} {
		r, err := http.NewRequestWithContext(t.Context(), tt.method, "http://"+ln.Addr().String()+tt.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set(tokenTTLField, "60")
		resp, err := tr.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		ln.mu.Lock()
		hops, err := ipv4.NewConn(ln.conns[len(ln.conns)-1]).TTL()
		ln.mu.Unlock()
		if err != nil || hops != tt.hops {
			t.Errorf("%s %s: %d hops, %v, want %d", tt.method, tt.path, hops, err, tt.hops)
		}
	}
}

// TestMetadataCLI has the real CLI find its role, straight and through a proxy
// that says that it is one, which the CLI's words do not tell.
func TestMetadataCLI(t *testing.T) {
	t.Parallel()
	s := newSky(t, AWSOptions{})
	for _, tt := range []struct {
		mode topology.IMDS
		code int
		want string
	}{
		{topology.IMDSv1, 0, ":assumed-role/app/i-0123456789abcdef0"},
		{topology.IMDSv2, 0, ":assumed-role/app/i-0123456789abcdef0"},
		{topology.NoIMDS, 253, "Unable to locate credentials"},
	} {
		m, ln := NewMetadata(MetadataOptions{Mode: tt.mode, Role: Identity{Account: "main", Role: "app"}, Instance: "i-0123456789abcdef0", Region: "ap-northeast-1", Issue: s.Issue}), listen(t)
		m.Serve(ln)
		proxy := tunnels(t, func(string) string { return s.ways["internet"].String() })
		r := program(t, []string{
			"AWS_EC2_METADATA_SERVICE_ENDPOINT=http://" + ln.Addr().String() + "/", "HTTPS_PROXY=" + proxy, "AWS_CA_BUNDLE=" + s.ca, "NO_PROXY=127.0.0.1",
		}, awsCLI, "sts", "get-caller-identity")
		if r.code != tt.code || !strings.Contains(r.out+r.err, tt.want) {
			t.Errorf("mode %d: %v, want exit code %d and %q", tt.mode, r, tt.code, tt.want)
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestContainer is both agents, asked as SDKs do.
func TestContainer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		kind topology.Credentials
		env  string
	}{
		{topology.ECSCredentials, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials/"},
		{topology.EKSCredentials, "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://169.254.170.23/v1/credentials"},
		{topology.EKSIPv6Credentials, "AWS_CONTAINER_CREDENTIALS_FULL_URI=http://[fd00:ec2::23]/v1/credentials"},
	} {
		var l ledger[MetadataRequest]
		c, ln := NewContainer(ContainerOptions{Kind: tt.kind, Role: Identity{Account: "main", Role: "task"}, Issue: issue, Record: l.add}), listen(t)
		c.Serve(ln)
		defer c.Close()
		env := c.Environ("/token")
		if !strings.HasPrefix(env[0], tt.env) {
			t.Errorf("Environ = %q, want %s", env, tt.env)
		}
		path := env[0][strings.LastIndex(env[0], "/v"):]
		if status, body := ask(t, ln.Addr(), "GET "+path, "Authorization", c.Token()); status != http.StatusOK || !strings.Contains(body, `"AccessKeyId":"ASIATASK"`) {
			t.Errorf("%s: %d %s", tt.env, status, body)
		}
		if status, _ := ask(t, ln.Addr(), "GET /v2/credentials/guess"); status != http.StatusNotFound {
			t.Errorf("a guess: %d", status)
		}
		if status, _ := ask(t, ln.Addr(), "GET "+path, "Authorization", "guess"); c.Token() != "" && status != http.StatusUnauthorized {
			t.Errorf("another's token: %d", status)
		}
		if all := l.take(); len(all) != 3 || all[0].KeyID != "ASIATASK" || all[1].Status != http.StatusNotFound || all[1].KeyID != "" {
			t.Errorf("recorded %+v", all)
		}
	}
}

// TestContainerCLI has the real CLI use the agent of a pod.
func TestContainerCLI(t *testing.T) {
	t.Parallel()
	s := newSky(t, AWSOptions{})
	c, ln := NewContainer(ContainerOptions{Kind: topology.EKSCredentials, Role: Identity{Account: "main", Role: "pod"}, Issue: s.Issue}), listen(t)
	c.Serve(ln)
	defer c.Close()
	proxy := tunnels(t, func(string) string { return s.ways["internet"].String() })
	r := program(t, []string{
		"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://" + ln.Addr().String() + "/v1/credentials", "AWS_CONTAINER_AUTHORIZATION_TOKEN=" + c.Token(),
		"HTTPS_PROXY=" + proxy, "AWS_CA_BUNDLE=" + s.ca, "NO_PROXY=127.0.0.1",
	}, awsCLI, "sts", "get-caller-identity")
	if r.code != 0 || !strings.Contains(r.out, ":assumed-role/pod/lab") {
		t.Error(r)
	}
}
