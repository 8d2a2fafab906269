package lab

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"

	"github.com/deguchi-project/deguchi/internal/edge/lab/service"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Cut takes the cable between the nodes a and b away, until Mend.
func (l *Lab) Cut(a, b string) error { return l.fabric.Cut(a, b) }

// Mend lays the cable between the nodes a and b again.
func (l *Lab) Mend(a, b string) error { return l.fabric.Mend(a, b) }

// Kill kills the program of a proxy, which nobody starts again.
func (l *Lab) Kill(proxy string) error {
	cmd := l.programs[proxy]
	if cmd == nil {
		return fmt.Errorf("no proxy is called %s", proxy)
	}
	return cmd.Process.Kill()
}

// Silence makes the name servers of a VPC or a site hear questions and answer
// none, or answer again.
func (l *Lab) Silence(place string, on bool) {
	for _, r := range l.resolvers[place] {
		r.Silence(on)
	}
}

// Start starts cmd where c is, with the environment of c's programs after its
// own, and whoever's credentials c has.
func (l *Lab) Start(c *topology.Client, cmd *exec.Cmd) error {
	who := l.aws.Issue(l.identity(c, topology.Request{}))
	cmd.Env = append(append(cmd.Env, l.environment(c)...), l.credentialEnvironment(c, who)...)
	return l.fabric.Start(l.plan.Machine(c), cmd)
}

// StartAs starts cmd at the node called name, with the environment of the
// client there, if one is.
func (l *Lab) StartAs(name string, cmd *exec.Cmd) error {
	n := l.plan.Node(name)
	if n == nil || len(n.Clients) == 0 {
		return l.StartAt(name, cmd)
	}
	cmd.Env = append(cmd.Env, "TERM="+os.Getenv("TERM"))
	return l.Start(n.Clients[0], cmd)
}

// Ways are the commands with which somebody else on this machine, who may,
// enters the nodes.
func (l *Lab) Ways() (all []string) {
	for _, n := range l.plan.Nodes {
		all = append(all, n.Name+": "+l.fabric.Way(n))
	}
	return all
}

// StartAt starts cmd at the node called name.
func (l *Lab) StartAt(name string, cmd *exec.Cmd) error {
	n := l.plan.Node(name)
	if n == nil {
		return fmt.Errorf("no node is called %s", name)
	}
	return l.fabric.Start(n, cmd)
}

// Dial connects from the node called name to address, a literal.
func (l *Lab) Dial(ctx context.Context, name, address string) (net.Conn, error) {
	n := l.plan.Node(name)
	if n == nil {
		return nil, fmt.Errorf("no node is called %s", name)
	}
	return l.fabric.Dial(ctx, n, address, nil)
}

// resolver keeps r among those of a place.
func (l *Lab) resolver(place string, r *service.Resolver) {
	l.resolvers[place] = append(l.resolvers[place], r)
	l.atEnd(r.Close)
}
