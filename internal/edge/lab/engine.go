package lab

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/edge/lab/fabric"
	"github.com/deguchi-project/deguchi/internal/engine/blueprint"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// proxy starts the proxy program that n is for, and waits until it listens.
func (l *Lab) proxy(ctx context.Context, n *blueprint.Node) error {
	start := l.deguchi
	if l.o.Engine == Squid && !n.Proxy.Config.Is() { // its configuration is one of ours
		start = l.squid
	}
	cmd, err := start(n)
	if err != nil {
		return err
	}
	gone := make(chan struct{})
	if err := l.fabric.Start(n, cmd); err != nil {
		return fmt.Errorf("starting the proxy: %w", err)
	}
	l.programs[n.Proxy.Name] = cmd
	l.children.Go(func() {
		_ = cmd.Wait()
		close(gone)
	})
	l.atEnd(func() error {
		_ = cmd.Process.Kill() // it may have ended by itself
		return nil
	})
	return l.listens(ctx, n, gone)
}

// startup bounds how long a proxy may take to listen.
const startup = 20 * time.Second

// listens waits until something listens on the port of n's proxy.
func (l *Lab) listens(ctx context.Context, n *blueprint.Node, gone <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(ctx, startup)
	defer cancel()
	at := netip.AddrPortFrom(n.Addr(false), n.Proxy.Port).String()
	for {
		conn, err := l.fabric.Dial(ctx, n, at, nil)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-gone:
			text, _ := os.ReadFile(l.output(n))
			return fmt.Errorf("the proxy ended at once: %s", strings.TrimSpace(string(text)))
		case <-ctx.Done():
			return fmt.Errorf("the proxy does not listen on %s: %w", at, err)
		case <-time.After(3 * time.Millisecond):
		}
	}
}

// output is the file for what the proxy at n says of itself.
func (l *Lab) output(n *blueprint.Node) string {
	return filepath.Join(l.o.Dir, n.Proxy.Name+".err")
}

// deguchi returns the command that runs our own proxy.
func (l *Lab) deguchi(n *blueprint.Node) (*exec.Cmd, error) {
	text, err := l.configuration(n)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(l.o.Dir, n.Proxy.Name+".yaml")
	if err := os.WriteFile(file, text, 0o644); err != nil { //nolint:gosec // the lab's own file, which programs of other users read
		return nil, err
	}
	cmd := exec.Command(l.o.Self[0], append(l.o.Self[1:len(l.o.Self):len(l.o.Self)], "serve", "-c", file)...) //nolint:gosec // what the user asks for, in namespaces of its own
	cmd.Env = append(os.Environ(), "SSL_CERT_FILE="+l.ca())
	out, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	errors, err := os.Create(l.output(n))
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = in, errors
	l.children.Go(func() {
		l.read(out, n)
		_ = out.Close()
	})
	l.atEnd(func() error {
		_ = errors.Close()
		return in.Close()
	})
	return cmd, nil
}

// line is what the lab reads of a line of the access log.
type line struct {
	Event   string `json:"event"`
	Host    string `json:"host"`
	Verdict string `json:"verdict"`
	Reason  string `json:"reason"`
}

// read notes what the proxy at n refuses, until its log ends.
func (l *Lab) read(log io.Reader, n *blueprint.Node) {
	scan := bufio.NewScanner(log)
	scan.Buffer(nil, 1<<20)
	for scan.Scan() {
		var at line
		if json.Unmarshal(scan.Bytes(), &at) != nil || at.Event != "end" || at.Reason == "" {
			continue
		}
		l.journal.refusal(blueprint.Refusal{Node: n.Name, Host: at.Host, Reason: at.Reason})
	}
}

// configuration returns the file of the proxy at n: the topology's, or one that
// says what the topology says in its lists.
func (l *Lab) configuration(n *blueprint.Node) ([]byte, error) {
	x := n.Proxy
	if x.Config.Is() {
		if l.o.Config == nil {
			return nil, fmt.Errorf("nobody can read the configuration of %s", x.Name)
		}
		return l.o.Config(l.t.At("proxies", x.Name, "config").Text)
	}
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	say("version: 1")
	say("listen:\n  - address: \":%d\"", x.Port)
	if x.ProxyProtocol.V {
		say("    proxy_protocol: required\n    trust: [%s]", strings.Join(l.balancers(x), ", "))
	}
	say("clients:")
	from := list([]string{"0.0.0.0/0", "::/0"})
	if x.AllowSources.Is() {
		from = list(texts(x.AllowSources.V))
	}
	say("  any: {from: %s}", from)
	if ids := l.consumers(x); len(ids) > 0 {
		say("  consumers: {endpoints: %s, from: %s}", list(ids), from)
	}
	hosts := ""
	if x.AllowDomains.Is() {
		hosts = "hosts: " + list(x.AllowDomains.V) + ", "
	}
	say("rules:\n  - {name: lists of the topology, allow: {%sports: [\"*\"], schemes: [http, https]}}", hosts)
	say("private: {networks: [0.0.0.0/0, \"::/0\"]}")
	if x.Parent.Is() {
		say("upstream:\n  - proxy: \"http://%s\"", l.address(n, x.Parent.V))
		if x.ParentFor.Is() {
			say("    hosts: %s", list(parentHosts(x.ParentFor.V)))
		}
	}
	say("resolve: {servers: [%q], timeout: 2s}", fabric.NameServer)
	say("limits: {connect_timeout: %s}", patience)
	say("tls: {sni: off}")
	return []byte(b.String()), nil
}

// patience is how long proxies wait for who does not answer.
const patience = "1500ms"

// list is a YAML list on one line.
func list(items []string) string {
	quoted := make([]string, len(items))
	for i, s := range items {
		quoted[i] = strconv.Quote(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

func texts(places []topology.Place) (all []string) {
	for _, p := range places {
		for _, q := range []netip.Prefix{p.Prefix, p.Prefix6} {
			if q.IsValid() {
				all = append(all, q.String())
			}
		}
	}
	return all
}

// parentHosts are names of which each covers those below it, too.
func parentHosts(names []string) (all []string) {
	for _, n := range names {
		all = append(all, "."+strings.TrimPrefix(n, "."))
	}
	return all
}

// balancers are the addresses of the load balancers before x.
func (l *Lab) balancers(x *topology.Proxy) (all []string) {
	for _, b := range l.t.NLBs {
		for _, target := range b.Targets {
			if target == x {
				for _, i := range l.plan.Interfaces(blueprint.HostOf(topology.Via{NLB: b})) {
					all = append(all, i.Addr.String()+"/32")
				}
			}
		}
	}
	if x.At.Subnet != nil && len(all) == 0 {
		all = append(all, x.At.Subnet.CIDR.String())
	}
	return all
}

// consumers are the ids of the endpoints through which x may be reached.
func (l *Lab) consumers(x *topology.Proxy) (ids []string) {
	for _, v := range l.t.VPCs {
		for _, e := range v.Endpoints {
			if e.Kind != topology.PrivateLink {
				continue
			}
			for _, target := range e.Service.NLB.Targets {
				if target == x {
					ids = append(ids, EndpointID(e))
				}
			}
		}
	}
	return ids
}

// address is how programs at n are told of what via leads to.
func (l *Lab) address(n *blueprint.Node, via topology.Via) string {
	port := strconv.Itoa(int(via.Port))
	if via.Proxy != nil && n.Proxy == via.Proxy { // on the proxy's own host
		return n.Addr(false).String() + ":" + port
	}
	return blueprint.HostOf(via) + ":" + port
}
