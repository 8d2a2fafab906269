// Package lab makes a topology real on one machine: every client, proxy, router,
// endpoint and Region of AWS in a network namespace of its own, real programs
// in them, and what the networks saw of a request beside what package route
// predicted.
//
//	l, err := lab.Open(ctx, t, lab.Options{Self: []string{"/proc/self/exe"}})
//	visit, err := l.Ask(ctx, t.Client("app"), request, program.Curl)
//	fmt.Println(visit.Answer.Verdict, visit.Answer.Path)
//
// What has to be built, package blueprint says; namespaces, package fabric makes;
// what stands in them, package service is. A process that opens a lab has
// entered namespaces of its own (fabric.Again, fabric.Settle): nothing of the
// lab can be seen outside, and nothing is left when the process ends.
package lab

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"github.com/deguchi-project/deguchi/internal/edge/lab/fabric"
	"github.com/deguchi-project/deguchi/internal/edge/lab/service"
	"github.com/deguchi-project/deguchi/internal/engine/blueprint"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Engine is which program the topology's proxies are.
type Engine string

// The engines.
const (
	Deguchi Engine = "deguchi"
	Squid   Engine = "squid"
)

// Options are what a lab needs besides the topology.
type Options struct {
	// Self is how this program is called, for its proxies and its client.
	Self []string
	// Dir is a folder that the lab may fill; it empties it on Close.
	Dir string
	// Engine is which program the proxies are; empty is Deguchi.
	Engine Engine
	// Backend answers in the place of the stand-in for AWS, unless it is nil.
	Backend *url.URL
	// Hasty ends a program once counters have told that its packets go nowhere,
	// instead of waiting until it gives up.
	Hasty bool
	// Health is how often load balancers check their targets; 0 is never: the
	// checks are not counted then.
	Health time.Duration
	// Packets is a folder for what every node sends and gets, a file each, in the
	// format of libpcap; empty keeps nothing.
	Packets string
	// Requests are those that will be made, besides the topology's tests.
	Requests []topology.Request
	// Config returns the configuration file of a proxy, whose name the topology
	// tells.
	Config func(name string) ([]byte, error)
}

// Lab is a topology that runs.
type Lab struct {
	t         *topology.Topology
	o         Options
	plan      *blueprint.Plan
	fabric    *fabric.Fabric
	aws       *service.AWS
	journal   *journal
	nlbs      map[listener]*service.NLB
	balancing sync.Mutex // of nlbs: name servers look there while others are made
	albs      []albAt
	agents    map[*blueprint.Node]*service.Container
	programs  map[string]*exec.Cmd           // of proxies
	resolvers map[string][]*service.Resolver // by VPC or site
	ends      []func() error                 // in the reverse order
	children  sync.WaitGroup
}

// Open builds t and starts everything that stands in it.
func Open(ctx context.Context, t *topology.Topology, o Options) (*Lab, error) {
	requests := o.Requests
	for _, test := range t.Tests {
		requests = append(requests, test.Request)
	}
	l := &Lab{t: t, o: o, plan: blueprint.New(t, blueprint.Options{Requests: requests}), journal: &journal{},
		nlbs: map[listener]*service.NLB{}, agents: map[*blueprint.Node]*service.Container{},
		programs: map[string]*exec.Cmd{}, resolvers: map[string][]*service.Resolver{}}
	if err := l.open(ctx); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

func (l *Lab) open(ctx context.Context) (err error) {
	if l.o.Dir, err = os.MkdirTemp(l.o.Dir, "lab"); err != nil {
		return err
	}
	l.atEnd(func() error { return os.RemoveAll(l.o.Dir) })
	if err := os.Chmod(l.o.Dir, 0o755); err != nil { //nolint:gosec // programs that give up their rights read there, too
		return err
	}
	if l.fabric, err = fabric.Build(l.plan); err != nil {
		return fmt.Errorf("building the networks: %w", err)
	}
	l.atEnd(l.fabric.Close)
	if l.o.Packets != "" {
		stop, err := l.fabric.Capture(l.o.Packets)
		if err != nil {
			return err
		}
		l.atEnd(stop)
	}
	if l.aws, err = service.NewAWS(service.AWSOptions{Topology: l.t, Dir: l.o.Dir, Backend: l.o.Backend, Dial: fabric.DialOutside, Record: l.journal.call}); err != nil {
		return fmt.Errorf("making AWS: %w", err)
	}
	l.atEnd(l.aws.Close)
	if err := os.WriteFile(l.ca(), l.aws.CA(), 0o644); err != nil { //nolint:gosec // the lab's own file, which programs of other users read
		return err
	}
	for _, n := range l.plan.Nodes {
		if err := l.station(ctx, n); err != nil {
			return fmt.Errorf("starting what stands at %s: %w", n.Name, err)
		}
	}
	return nil
}

// ca is the file of the certificate that clients trust.
func (l *Lab) ca() string { return filepath.Join(l.o.Dir, "ca.pem") }

// atEnd has Close call end.
func (l *Lab) atEnd(end func() error) { l.ends = append(l.ends, end) }

// Plan returns what l was built from.
func (l *Lab) Plan() *blueprint.Plan { return l.plan }

// Topology returns what l was built for.
func (l *Lab) Topology() *topology.Topology { return l.t }

// Close ends every program and server of l, and takes its networks away.
func (l *Lab) Close() error {
	var errs []error
	for i := len(l.ends) - 1; i >= 0; i-- {
		errs = append(errs, l.ends[i]())
	}
	l.children.Wait()
	l.ends = nil
	return errors.Join(errs...)
}
