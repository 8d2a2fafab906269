package labs

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/base/reason"
	"github.com/deguchi-project/deguchi/internal/edge/lab"
	"github.com/deguchi-project/deguchi/internal/edge/lab/program"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Request is what "deguchi lab run" is asked for.
type Request struct {
	File    string
	Engine  string // empty: our own, and Squid for what our own never does
	AWS     string // a URL that answers in the place of the stand-in for AWS
	Program string // empty: the client's own where it is here, else curl
	Only    string // tests with this in their name
	Shell   string // a node
	Exec    string // a node, for Command
	Command []string
	PCAP    string // a folder
	Keep    bool
}

// ErrNoTests says that a file has nothing to run.
var ErrNoTests = errors.New("no tests")

// Run runs the tests of a topology, and reports whether one is not as predicted.
func (d *Desk) Run(ctx context.Context, r *Request) (wrong bool, err error) {
	t, err := d.Open(r.File)
	if err != nil {
		return false, err
	}
	t.Tests = slices.DeleteFunc(slices.Clone(t.Tests), func(x *topology.Test) bool { return !strings.Contains(x.Name, r.Only) })
	if len(t.Tests) == 0 && r.Shell == "" && r.Exec == "" && !r.Keep {
		return false, ErrNoTests
	}
	return d.inside(ctx, func(dir string) (bool, error) {
		o := d.options(r.File, dir)
		o.Engine = lab.Engine(r.Engine)
		if r.AWS != "" {
			if o.Backend, err = url.Parse(r.AWS); err != nil {
				return false, err
			}
		}
		if r.PCAP != "" {
			if err := os.MkdirAll(r.PCAP, 0o755); err != nil { //nolint:gosec // the lab's own folder, which programs of other users read
				return false, err
			}
			o.Packets = r.PCAP
		}
		switch {
		case r.Shell != "" || r.Exec != "":
			return d.enter(ctx, t, o, r)
		case r.Keep && len(t.Tests) == 0:
			return false, d.keep(ctx, t, o)
		}
		wrong, err := d.tests(ctx, t, o, r)
		if err == nil && r.Keep {
			err = d.keep(ctx, t, o)
		}
		return wrong, err
	})
}

// tests tries every test of t.
func (d *Desk) tests(ctx context.Context, t *topology.Topology, o lab.Options, r *Request) (wrong bool, err error) {
	doc := Record{File: t.File, Tests: []Test{}}
	s := lab.Suite{Options: o, Now: d.Now, Program: func(c *topology.Client, q topology.Request) program.Program {
		if r.Program != "" {
			return program.Program(r.Program)
		}
		return own(c, q)
	}}
	err = s.Run(ctx, t, func(trial *lab.Trial) {
		x := testOf(trial, d.Lang)
		switch {
		case x.Beyond != "":
			doc.Beyond++
		case x.OK:
			doc.Agree++
		default:
			doc.Differ++
		}
		doc.Tests = append(doc.Tests, x)
		if d.JSON == nil {
			if x.OpenedMS > 0 && d.Verbose {
				d.printf("%s\n", d.say("lab.stands", strconv.Itoa(x.Nodes), seconds(x.OpenedMS), x.Engine))
			}
			d.test(&x)
		}
	})
	if err != nil {
		return false, err
	}
	if d.JSON != nil {
		return doc.Differ > 0, d.JSON(doc)
	}
	d.printf("\n%s\n", d.say("lab.total", strconv.Itoa(doc.Agree), strconv.Itoa(doc.Differ), strconv.Itoa(doc.Beyond)))
	return doc.Differ > 0, nil
}

// own is the program of c, if it is here; one that stands for it otherwise.
func own(c *topology.Client, _ topology.Request) program.Program {
	switch c.Program.V {
	case "aws-cli-v1", "aws-cli-v2", "boto3":
		if _, err := exec.LookPath("aws"); err == nil {
			return program.AWS
		}
	}
	return program.Curl
}

// ErrNoNode says that there is no such node; the names of all follow it.
type ErrNoNode struct {
	Name  string
	Nodes []string
}

// Error returns the words in English.
func (e *ErrNoNode) Error() string {
	return reason.New("lab.no-node", e.Name, strings.Join(e.Nodes, ", ")).In(reason.English)
}

// enter runs a shell or a command at a node.
func (d *Desk) enter(ctx context.Context, t *topology.Topology, o lab.Options, r *Request) (wrong bool, err error) {
	if o.Engine == "" {
		o.Engine = lab.Deguchi
	}
	l, err := lab.Open(ctx, t, o)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	name, command := r.Exec, r.Command
	if r.Shell != "" {
		name, command = r.Shell, []string{shell()}
	}
	cmd := exec.CommandContext(ctx, command[0], command[1:]...) //nolint:gosec // what the user asks for, in namespaces of its own
	cmd.Stdin, cmd.Stdout, cmd.Stderr = d.In, d.Out, d.Err
	if err := l.StartAs(name, cmd); err != nil {
		e := &ErrNoNode{Name: name}
		for _, n := range l.Plan().Nodes {
			e.Nodes = append(e.Nodes, n.Name)
		}
		if l.Plan().Node(name) == nil {
			return false, e
		}
		return false, err
	}
	err = cmd.Wait()
	if x, ok := errors.AsType[*exec.ExitError](err); ok {
		if r.Shell != "" {
			return false, nil
		}
		return false, Exited(x.ExitCode())
	}
	return false, err
}

func shell() string {
	if s := os.Getenv("SHELL"); s != "" {
		return s
	}
	return "/bin/sh"
}

// keep holds the networks of t until somebody interrupts.
func (d *Desk) keep(ctx context.Context, t *topology.Topology, o lab.Options) (err error) {
	if o.Engine == "" {
		o.Engine = lab.Deguchi
	}
	began := time.Now()
	l, err := lab.Open(ctx, t, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	fmt.Fprintf(d.Err, "%s\n%s\n", d.say("lab.stands", strconv.Itoa(len(l.Plan().Nodes)), time.Since(began).Round(time.Millisecond).String(), string(o.Engine)), d.say("lab.kept"))
	for _, way := range l.Ways() {
		fmt.Fprintf(d.Err, "  %s\n", way)
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	<-ctx.Done()
	return nil
}
