package lab

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/edge/lab/fabric"
	"github.com/deguchi-project/deguchi/internal/engine/blueprint"
)

// squid returns the command that runs Squid as the proxy at n.
func (l *Lab) squid(n *blueprint.Node) (*exec.Cmd, error) {
	program, err := exec.LookPath("squid")
	if err != nil {
		return nil, fmt.Errorf("squid is not installed: %w", err)
	}
	file, log := filepath.Join(l.o.Dir, n.Proxy.Name+".conf"), filepath.Join(l.o.Dir, n.Proxy.Name+".log")
	if err := os.WriteFile(file, []byte(l.squidConf(n, log)), 0o644); err != nil { //nolint:gosec // the lab's own file, which programs of other users read
		return nil, err
	}
	for _, name := range []string{log, l.output(n)} { // Squid gives up its rights before it opens them
		if err := os.WriteFile(name, nil, 0o666); err != nil { //nolint:gosec // the lab's own file, which programs of other users read
			return nil, err
		}
		if err := os.Chmod(name, 0o666); err != nil { //nolint:gosec // the lab's own folder, which programs of other users use
			return nil, err
		}
	}
	name := strings.Map(alphanumeric, identifier(l.o.Dir+n.Name))
	cmd := exec.Command(program, "-N", "-n", name, "-f", file) //nolint:gosec // what the user asks for, in namespaces of its own
	fabric.Unprivileged(cmd)
	said, err := os.OpenFile(l.output(n), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return nil, err
	}
	l.atEnd(said.Close)
	cmd.Stdout, cmd.Stderr = said, said
	return cmd, l.follow(log, n)
}

func alphanumeric(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
		return r
	}
	return -1
}

// squidConf is what the topology says of the proxy at n, as Squid reads it.
func (l *Lab) squidConf(n *blueprint.Node, log string) string {
	x := n.Proxy
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	port := fmt.Sprintf("http_port %d", x.Port)
	if x.ProxyProtocol.V {
		port += " require-proxy-header"
		say("proxy_protocol_access allow all")
	}
	say("%s", port)
	allowed := ""
	if x.AllowSources.Is() {
		say("acl sources src %s", strings.Join(texts(x.AllowSources.V), " "))
		allowed += " sources"
	}
	if x.AllowDomains.Is() {
		say("acl names dstdomain -n %s", strings.Join(x.AllowDomains.V, " "))
		allowed += " names"
	}
	if x.DenyLinkLocal.V {
		say("acl linklocal dst -n 169.254.0.0/16 fd00:ec2::/32\nhttp_access deny linklocal")
	}
	if allowed == "" {
		allowed = " all"
	}
	say("http_access allow%s\nhttp_access deny all", allowed)
	if !x.XForwardedFor.V {
		say("forwarded_for delete\nvia off")
	}
	if x.Parent.Is() {
		host, number, _ := strings.Cut(l.address(n, x.Parent.V), ":")
		say("cache_peer %s parent %s 0 no-query default name=parent", host, number)
		if x.ParentFor.Is() {
			say("acl handed dstdomain -n %s\ncache_peer_access parent allow handed\nnever_direct allow handed\nalways_direct allow !handed", strings.Join(parentHosts(x.ParentFor.V), " "))
		} else {
			say("never_direct allow all")
		}
	}
	say("dns_nameservers %s\ndns_timeout 3 seconds\nconnect_timeout 2 seconds\nforward_timeout 4 seconds\nhappy_eyeballs_connect_timeout 250", fabric.NameServer)
	say("cache deny all\npinger_enable off\nshutdown_lifetime 0 seconds\npid_filename none\nvisible_hostname lab\ncoredump_dir /")
	say("logformat lab %%Ss %%03>Hs %%err_code %%rm %%ru\naccess_log stdio:%s lab\ncache_log %s\nlogfile_rotate 0\nbuffered_logs off", log, l.output(n))
	return b.String()
}

// follow notes what the Squid at n writes into its log.
func (l *Lab) follow(log string, n *blueprint.Node) error {
	f, err := os.Open(log)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	l.children.Go(func() {
		defer f.Close()
		read := bufio.NewReader(f)
		line := ""
		for ctx.Err() == nil {
			part, err := read.ReadString('\n')
			line += part
			if err == io.EOF {
				time.Sleep(5 * time.Millisecond)
				continue
			}
			l.squidSays(strings.Fields(line), n)
			line = ""
		}
	})
	l.atEnd(func() error { stop(); return nil })
	return nil
}

// squidSays notes a line of Squid's log: its verdict, the status, its error,
// method and target.
func (l *Lab) squidSays(f []string, n *blueprint.Node) {
	if len(f) < 5 {
		return
	}
	r := blueprint.Refusal{Node: n.Name, Host: f[4]}
	switch {
	case strings.HasPrefix(f[0], "TCP_DENIED"):
		r.Reason = blueprint.ByList
	case f[2] == "ERR_DNS_FAIL":
		r.Reason = blueprint.ByLookup
	default:
		return
	}
	l.journal.refusal(r)
}
