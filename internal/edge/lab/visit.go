package lab

import (
	"context"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"github.com/deguchi-project/deguchi/internal/edge/lab/fabric"
	"github.com/deguchi-project/deguchi/internal/edge/lab/program"
	"github.com/deguchi-project/deguchi/internal/engine/blueprint"
	"github.com/deguchi-project/deguchi/internal/model/topology"
)

// Visit is one request, made by a real program, and what came of it.
type Visit struct {
	Run
	Machine  string           // the node that the client runs on
	Counters []fabric.Counter // that moved
	Evidence blueprint.Evidence
	Answer   blueprint.Answer
}

// Ask has the client c, one of l's topology, make the request q with a program.
// Requests are made one after the other: counters have no other way to tell
// whose packets they count.
func (l *Lab) Ask(ctx context.Context, c *topology.Client, q topology.Request, with program.Program) (*Visit, error) {
	if err := l.forget(); err != nil {
		return nil, err
	}
	before := l.rejections()
	run, err := l.run(ctx, c, q, with)
	if err != nil {
		return nil, fmt.Errorf("running %s: %w", with, err)
	}
	v := &Visit{Run: *run, Machine: l.plan.Machine(c).Name}
	v.Evidence = blueprint.Evidence{Client: c, Request: q, Failure: run.Failure}
	l.settle(run)
	if v.Counters, err = l.fabric.Counters(); err != nil {
		return nil, err
	}
	l.journal.fill(&v.Evidence)
	v.Evidence.Role = role(c, l.plan.Machine(c), v.Evidence.Metadata)
	v.Evidence.Refused = append(v.Evidence.Refused, l.rejected(before)...)
	for _, s := range l.fabric.Sightings() {
		v.Evidence.Seen = append(v.Evidence.Seen, blueprint.Sighting(s))
	}
	for _, n := range v.Counters {
		if d, answer, ok := blueprint.ParseDrop(n.Name); ok {
			v.Evidence.Dropped = append(v.Evidence.Dropped, blueprint.Dropped{Node: n.Node, Drop: d, Answer: answer, Packets: n.Packets})
		}
	}
	v.Answer = l.plan.Read(&v.Evidence)
	return v, nil
}

// forget sets everything that counts to nothing.
func (l *Lab) forget() error {
	if _, err := l.fabric.Reset(); err != nil {
		return err
	}
	l.fabric.Sightings()
	l.journal.fill(new(blueprint.Evidence))
	return nil
}

// logged bounds how long a line of a log may come after the client has gone.
const logged = 1500 * time.Millisecond

// settle waits for what servers have to tell yet: a proxy tells the end of a
// request when it has ended.
func (l *Lab) settle(r *Run) {
	if r.Failure == "" && !l.journal.answered() {
		time.Sleep(20 * time.Millisecond)
	}
	for end := time.Now().Add(logged); r.Failure != "" && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if l.journal.answered() || l.dropping() {
			return
		}
	}
}

// dropping reports whether a connection could not begin.
func (l *Lab) dropping() bool {
	all, err := l.fabric.Counters()
	if err != nil {
		return false
	}
	for _, n := range all {
		if _, _, ok := blueprint.ParseDrop(n.Name); ok {
			return true
		}
	}
	return false
}

// EndpointID is the id of e: that in its name, or one that stands for it.
func EndpointID(e *topology.Endpoint) string {
	if e.DNSName.Is() {
		if rest, ok := strings.CutPrefix(e.DNSName.V, "vpce-"); ok {
			id, _, _ := strings.Cut(rest, "-")
			return "vpce-" + id
		}
	}
	return identifier(e.Path())
}

// identifier is an id that stands for name.
func identifier(name string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // never fails: hash.Hash
	return fmt.Sprintf("vpce-0%016x", h.Sum64())
}
