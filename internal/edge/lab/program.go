package lab

import (
	"bytes"
	"context"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/edge/lab/program"
	"github.com/deguchi-project/deguchi/internal/edge/lab/service"
	"github.com/deguchi-project/deguchi/internal/engine/blueprint"
	"github.com/deguchi-project/deguchi/internal/engine/noproxy"
	"github.com/deguchi-project/deguchi/internal/engine/route"
	"github.com/deguchi-project/deguchi/internal/engine/route/target"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Run is one run of a program.
type Run struct {
	Program program.Program
	Command []string
	Exit    int
	Output  string // what it wrote, to both streams
	Took    time.Duration
	Failure blueprint.Failure
}

// run has c make the request q.
func (l *Lab) run(ctx context.Context, c *topology.Client, q topology.Request, with program.Program) (*Run, error) {
	who := l.aws.Issue(l.identity(c, q))
	r := &Run{Program: with}
	l.command(r, q, who)
	if r.Program != program.AWS && c.Credentials.V != topology.StaticCredentials {
		if own, err := l.credentials(ctx, c, r); !own || err != nil {
			return r, err
		}
	}
	for again := true; again; {
		again = false
		l.command(r, q, who)
		if r.Program == program.Curl {
			r.Command = append(r.Command, l.told(c, q.URL)...)
		}
		if err := l.start(ctx, c, r, who); err != nil {
			return nil, err
		}
		if to := l.journal.redirect(q.URL.Host); r.Program != program.AWS && to != "" {
			u := *q.URL
			u.Host = to
			q.URL, again = &u, true
		}
	}
	if phases := program.Phases(r.Program, r.Exit, r.Output); len(phases) > 0 {
		r.Failure = blueprint.Failure(phases[0])
	}
	return r, nil
}

// told are arguments of curl for where the client's program, which curl stands
// for, would decide otherwise than curl does: they say what to do.
func (l *Lab) told(c *topology.Client, u *url.URL) []string {
	if !c.Proxy.Is() {
		return nil
	}
	as := *c
	as.Program.V = "curl"
	theirs := route.Choice(c, u.Scheme, u.Hostname(), u.Port())
	if own := route.Choice(&as, u.Scheme, u.Hostname(), u.Port()); own.Route == theirs.Route {
		return nil
	}
	if theirs.Route == noproxy.Proxied {
		return []string{"--noproxy", "", "--proxy", "http://" + l.address(l.plan.Machine(c), c.Proxy.V)}
	}
	return []string{"--noproxy", "*"}
}

// identity is who calls.
func (l *Lab) identity(c *topology.Client, q topology.Request) service.Identity {
	if p := q.Principal; p.Is() {
		return service.Identity{Account: p.V.Account, Role: p.V.Role}
	}
	at := c.At
	if at.Proxy != nil {
		at = at.Proxy.At
	}
	if at.Subnet != nil {
		return service.Identity{Account: at.Subnet.VPC.Account.V.Name}
	}
	return service.Identity{Account: topology.Main}
}

// tooLong bounds a run of a program.
const tooLong = 60 * time.Second

// start runs r.Command once at c.
func (l *Lab) start(ctx context.Context, c *topology.Client, r *Run, who service.Credential) error {
	ctx, cancel := context.WithTimeout(ctx, tooLong)
	defer cancel()
	cmd := exec.CommandContext(ctx, r.Command[0], r.Command[1:]...) //nolint:gosec // what the user asks for, in namespaces of its own
	cmd.Env = append(l.environment(c), l.credentialEnvironment(c, who)...)
	cmd.WaitDelay = time.Second
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	began := time.Now()
	if err := l.fabric.Start(l.plan.Machine(c), cmd); err != nil {
		return err
	}
	done := make(chan struct{})
	if l.o.Hasty {
		go l.watch(done, cancel)
	}
	err := cmd.Wait()
	close(done)
	r.Took, r.Output, r.Exit = time.Since(began), out.String(), cmd.ProcessState.ExitCode()
	if _, ok := errors.AsType[*exec.ExitError](err); ok || errors.Is(err, exec.ErrWaitDelay) {
		return nil
	}
	return err
}

// hopeless is how long nobody may answer after a connection could not begin,
// until that is the end of it: a program may have another address to try.
const hopeless = 400 * time.Millisecond

// watch calls stop once the running program has no hope.
func (l *Lab) watch(done <-chan struct{}, stop func()) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	var since time.Time
	for {
		select {
		case <-done:
			return
		case <-tick.C:
		}
		switch {
		case l.journal.answered():
			return
		case since.IsZero() && l.dropping():
			since = time.Now()
		case !since.IsZero() && time.Since(since) > hopeless:
			stop()
			return
		}
	}
}

// environment is what programs of c find in theirs, as its owner set it.
func (l *Lab) environment(c *topology.Client) []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + l.o.Dir, "LANG=C.UTF-8", "LC_ALL=C.UTF-8",
		"AWS_CA_BUNDLE=" + l.ca(), "CURL_CA_BUNDLE=" + l.ca(), "SSL_CERT_FILE=" + l.ca(), "REQUESTS_CA_BUNDLE=" + l.ca(),
		"AWS_MAX_ATTEMPTS=1", "AWS_RETRY_MODE=standard", "AWS_PAGER=",
		"AWS_CONFIG_FILE=" + filepath.Join(l.o.Dir, "aws-config"), "AWS_SHARED_CREDENTIALS_FILE=" + filepath.Join(l.o.Dir, "aws-credentials"),
	}
	if !c.Proxy.Is() {
		return env
	}
	proxy := "http://" + l.address(l.plan.Machine(c), c.Proxy.V)
	if c.ProxyEnv.V.HTTP {
		env = append(env, "http_proxy="+proxy, "HTTP_PROXY="+proxy)
	}
	if c.ProxyEnv.V.HTTPS {
		env = append(env, "https_proxy="+proxy, "HTTPS_PROXY="+proxy)
	}
	if list := strings.Join(c.NoProxy.V, ","); list != "" {
		env = append(env, "no_proxy="+list, "NO_PROXY="+list)
	}
	return env
}

// command says how r's program makes the request q: curl does where it cannot.
func (l *Lab) command(r *Run, q topology.Request, who service.Credential) {
	asked := target.Of(q)
	if e := l.named(asked.Host); e != nil {
		region := e.VPC.Region
		if e.ServiceRegion.Is() {
			region = e.ServiceRegion.V
		}
		asked.Through(e, region, q)
	}
	how := program.Request{URL: q.URL, Asked: asked, Key: who, Self: append(l.o.Self[:len(l.o.Self):len(l.o.Self)], "lab", "fetch", "--")}
	command, ok := program.Command(r.Program, how)
	if !ok {
		r.Program = program.Curl
		command, _ = program.Command(program.Curl, how)
	}
	r.Command = command
}

// named returns the endpoint whose vpce name host is, or is below; or nil.
func (l *Lab) named(host string) *topology.Endpoint {
	for _, v := range l.t.VPCs {
		for _, e := range v.Endpoints {
			if e.DNSName.Is() && (host == e.DNSName.V || strings.HasSuffix(host, "."+e.DNSName.V)) {
				return e
			}
		}
	}
	return nil
}
